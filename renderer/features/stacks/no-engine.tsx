import { RefreshCw } from 'lucide-react';
import type { ReactNode } from 'react';
import type { EngineView } from '../../../shared/contract/engines.ts';
import { useAction, useEngines } from '../../client/hooks.ts';
import { Button } from '../../ui/button.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { engineLook, engineName, engineTitle } from '../../ui/engine-words.ts';
import { ErrorNotice } from '../../ui/error-notice.tsx';
import { ToneGlyph } from '../../ui/health-glyph.tsx';
import { Sky } from '../../ui/mark.tsx';
import { Lines, Section } from '../../ui/section.tsx';
import styles from './no-engine.module.css';

/** With no engine there is nothing to run: where we looked, what was wrong there, and what to do about each. */
export function NoEngine(): ReactNode {
  const engines = useEngines();
  const look = useAction();
  const detect = (): void => {
    void look.run((client) => client.call((api, options) => api.engines.detect(undefined, options)));
  };
  return (
    <div className="scroll grow">
      <Sky lit={false} />
      <div className={styles.wrap}>
        <h2>
          {engines.some((one) => one.state !== 'not-found')
            ? 'No engine can be used right now'
            : 'No container engine found on this machine'}
        </h2>
        <p className={styles.lead}>
          Your stacks run on Docker or a compatible engine. Start or install one; this page notices by itself.
        </p>
        <Section
          className={styles.block}
          title="Looked for"
          note="looks again by itself"
          actions={
            <Button kind="ghost" icon={RefreshCw} busy={look.busy} onClick={detect}>
              Look now
            </Button>
          }
        >
          <Lines>
            {engines.map((one) => (
              <EngineLine key={one.id} engine={one} />
            ))}
            {engines.length === 0 ? (
              <li className={styles.line}>
                <ToneGlyph tone="idle" shape="ring" />
                <span className="strong">Docker</span>
                <span className="t2 small">No socket and no context were found, and DOCKER_HOST is not set.</span>
              </li>
            ) : null}
          </Lines>
        </Section>
        {look.error === null ? null : <ErrorNotice error={look.error} onDismiss={look.clear} />}
      </div>
    </div>
  );
}

function EngineLine({ engine }: { readonly engine: EngineView }): ReactNode {
  const look = engineLook(engine);
  const use = useAction();
  const usable = engine.state === 'available' && !engine.selected;
  return (
    <li className={styles.line}>
      <ToneGlyph tone={look.tone} shape={look.shape} />
      <span className={styles.text}>
        <span className="strong">{engineTitle(engine)}</span>
        <span className="small t3">{look.word}</span>
      </span>
      <span className={styles.text}>
        {engine.problem === null ? (
          <span className="mono-11 t2">{engine.endpoint}</span>
        ) : (
          <>
            <span className="small">{engine.problem.message}</span>
            <span className="t3 small">{engine.problem.remedy}</span>
          </>
        )}
      </span>
      {usable ? (
        <Button
          size="small"
          busy={use.busy}
          aria-label={`Use ${engineName(engine)} at ${engine.endpoint}`}
          onClick={() =>
            void use.run((client) =>
              client.call((api, options) => api.engines.select({ engineId: engine.id }, options)),
            )
          }
        >
          Use
        </Button>
      ) : engine.problem === null ? null : (
        <CopyButton text={engine.problem.remedy} label="Copy" />
      )}
    </li>
  );
}
