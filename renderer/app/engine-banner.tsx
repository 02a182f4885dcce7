import { type ReactNode, useState } from 'react';
import { useAction, useConnection, useDetached, useEngines, useEnvironments } from '../client/hooks.ts';
import { Ago, Moment } from '../ui/ago.tsx';
import { Button } from '../ui/button.tsx';
import { CopyButton } from '../ui/copy-button.tsx';
import { ToneGlyph } from '../ui/health-glyph.tsx';
import { useWorkbenchActions } from '../ui/workbench.ts';
import { troubleWords } from './engine-words.ts';
import styles from './shell.module.css';

/** Over every page while an engine cannot be asked: since when, what it means, and that it recovers by itself. */
export function EngineBanner(): ReactNode {
  const connection = useConnection();
  const engine = useEngines().find((one) => one.selected) ?? null;
  const environments = useEnvironments();
  const { navigate } = useWorkbenchActions();
  const detached = useDetached();
  const look = useAction();
  const [open, setOpen] = useState(false);
  const trouble = troubleWords(connection, engine, environments.length > 0);
  if (trouble === null || (trouble.own && !detached)) return null;
  const problem = engine?.problem ?? null;
  return (
    <>
      <div className={styles.gone} role="status">
        <ToneGlyph tone="idle" shape="dashed" size={13} />
        <div className="grow">
          <p className="strong">
            {trouble.title} at <Moment at={trouble.since} />
          </p>
          <p className="t2 small">
            What you see is from then, <Ago at={trouble.since} />. Your containers may still be running; nothing has
            been changed. It reconnects by itself.
          </p>
        </div>
        {trouble.own || problem === null ? null : (
          <Button kind="ghost" aria-expanded={open} onClick={() => setOpen(!open)}>
            Details
          </Button>
        )}
        {trouble.own ? null : (
          <>
            <Button kind="ghost" onClick={() => navigate({ page: 'settings', section: 'engines' })}>
              Engines
            </Button>
            <Button
              busy={look.busy}
              onClick={() =>
                void look.run((client) => client.call((api, options) => api.engines.detect(undefined, options)))
              }
            >
              Try now
            </Button>
          </>
        )}
      </div>
      {open && problem !== null && !trouble.own ? (
        <div className={styles.goneMore}>
          <p>{problem.message}</p>
          <p>{problem.remedy}</p>
          <CopyButton text={`${problem.message}\n${problem.remedy}\n${engine?.endpoint ?? ''}`} label="Copy details" />
        </div>
      ) : null}
    </>
  );
}
