import { RefreshCw } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import type { EngineView } from '../../../shared/contract/engines.ts';
import { useAction, useEngines } from '../../client/hooks.ts';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { engineFacts, engineLook, engineName, engineTitle } from '../../ui/engine-words.ts';
import { ErrorNotice } from '../../ui/error-notice.tsx';
import { ToneGlyph } from '../../ui/health-glyph.tsx';
import { Lines, Section } from '../../ui/section.tsx';
import styles from './settings.module.css';

export function EnginesSection(): ReactNode {
  const engines = useEngines();
  const look = useAction();
  return (
    <Section
      title="Engines"
      note="what runs containers here"
      actions={
        <Button
          kind="ghost"
          icon={RefreshCw}
          busy={look.busy}
          onClick={() =>
            void look.run((client) => client.call((api, options) => api.engines.detect(undefined, options)))
          }
        >
          Look again
        </Button>
      }
    >
      {look.error === null ? null : <ErrorNotice error={look.error} onDismiss={look.clear} />}
      <Lines>
        {engines.map((engine) => (
          <EngineLine key={engine.id} engine={engine} />
        ))}
        {engines.length === 0 ? (
          <li className={styles.engine}>
            <ToneGlyph tone="idle" shape="ring" />
            <span className="strong">None found</span>
            <span className="t2 small">No socket, no context, and DOCKER_HOST is not set.</span>
          </li>
        ) : null}
      </Lines>
    </Section>
  );
}

function EngineLine({ engine }: { readonly engine: EngineView }): ReactNode {
  const test = useAction();
  const select = useAction();
  const [answer, setAnswer] = useState<string | null>(null);
  const look = engineLook(engine);
  const runTest = async (): Promise<void> => {
    setAnswer(null);
    const result = await test.run((client) =>
      client.call((api, options) => api.engines.test({ engineId: engine.id }, options)),
    );
    if (result === undefined) return;
    setAnswer(
      result.roundTripMs === null
        ? engineLook(result.engine).word
        : `Answered in ${Math.max(1, Math.round(result.roundTripMs))} ms`,
    );
  };
  const error = test.error ?? select.error;
  return (
    <li>
      <div className={styles.engine}>
        <ToneGlyph tone={look.tone} shape={look.shape} />
        <span className="row">
          <span className="strong trunc" title={engineTitle(engine)}>
            {engineTitle(engine)}
          </span>
          {engine.selected ? <Badge tone="line">In use</Badge> : null}
        </span>
        <span className={styles.text}>
          <span className="mono-11 t2">{engine.endpoint}</span>
          {engine.problem === null ? (
            <span className="small t3">{engineFacts(engine)}</span>
          ) : (
            <>
              <span className="small">{engine.problem.message}</span>
              <span className="small t3">{engine.problem.remedy}</span>
            </>
          )}
        </span>
        <span className={styles.buttons}>
          <span className="small t2" aria-live="polite">
            {answer ?? look.word}
          </span>
          <Button
            size="small"
            busy={test.busy}
            onClick={() => void runTest()}
            aria-label={`Test ${engineName(engine)} at ${engine.endpoint}`}
          >
            Test
          </Button>
          {engine.selected ? null : (
            <Button
              size="small"
              busy={select.busy}
              disabled={engine.state !== 'available'}
              aria-label={`Use ${engineName(engine)} at ${engine.endpoint}`}
              onClick={() =>
                void select.run((client) =>
                  client.call((api, options) => api.engines.select({ engineId: engine.id }, options)),
                )
              }
            >
              Use
            </Button>
          )}
        </span>
      </div>
      {error === null ? null : <ErrorNotice error={error} />}
    </li>
  );
}
