import { type ReactNode, useState } from 'react';
import type { Advice } from '../../../shared/contract/metrics.ts';
import { useAction, useHello } from '../../client/hooks.ts';
import { Button } from '../../ui/button.tsx';
import { DiffView } from '../../ui/diff-view.tsx';
import { ErrorNotice } from '../../ui/error-notice.tsx';
import { shortPath } from '../../ui/format.ts';
import { useWorkbenchActions } from '../../ui/workbench.ts';
import styles from './stack.module.css';

/** Golden Hour reads its own file at once; what stands in Compose files holds once the service is started anew. */
const holdsAtOnce = (advice: Advice): boolean => advice.kind === 'probe';

/** One proposal: why, what would change in which file, and the button that does it. */
export function HintItem(props: {
  readonly environmentId: string;
  readonly advice: Advice;
  readonly onStart: (service: string) => void;
  readonly onDone: () => void;
  /** Absent: it was asked for, so there is nothing to put aside. */
  readonly onPutAside?: (() => void) | undefined;
}): ReactNode {
  const { environmentId, advice, onPutAside } = props;
  const { service } = advice;
  const { navigate } = useWorkbenchActions();
  const apply = useAction();
  const [done, setDone] = useState<string | null>(null);
  const run = async (): Promise<void> => {
    const result = await apply.run((client) =>
      client.call((api, options) => api.metrics.applyAdvice({ environmentId, adviceId: advice.id }, options)),
    );
    if (result !== undefined) setDone(result.summary);
  };
  return (
    <li>
      <p className="strong">{advice.message}</p>
      <p className="small t2">
        {advice.proposal} <HintPlace advice={advice} />
      </p>
      {advice.diff !== null ? (
        <DiffView label={`Change for ${service}`} diff={advice.diff} />
      ) : advice.kind === 'missing-healthcheck' ? null : (
        <p className="small t3">This one has to be done by hand.</p>
      )}
      {apply.error === null ? null : <ErrorNotice error={apply.error} onDismiss={apply.clear} />}
      {done !== null ? (
        <div className={styles.hintDone}>
          <p className="small" role="status">
            {done}
          </p>
          {holdsAtOnce(advice) ? null : (
            <Button
              size="small"
              onClick={() => {
                props.onDone();
                props.onStart(service);
              }}
            >
              Start {service} with it
            </Button>
          )}
          <Button size="small" kind="ghost" onClick={props.onDone}>
            {holdsAtOnce(advice) ? 'Done' : 'Later'}
          </Button>
        </div>
      ) : (
        <div className={styles.hintButtons}>
          {advice.diff === null ? null : (
            <Button kind={onPutAside === undefined ? 'primary' : 'plain'} busy={apply.busy} onClick={() => void run()}>
              Apply
            </Button>
          )}
          {advice.kind === 'missing-healthcheck' ? (
            <Button onClick={() => navigate({ page: 'stack', environmentId, service, tab: 'health' })}>
              Add a check…
            </Button>
          ) : null}
          {onPutAside === undefined ? null : (
            <Button kind="ghost" onClick={onPutAside}>
              Not now
            </Button>
          )}
        </div>
      )}
    </li>
  );
}

/** `compose.yaml:12`, or the file that is made for it. */
function HintPlace({ advice }: { readonly advice: Advice }): ReactNode {
  const home = useHello()?.homeFolder ?? null;
  const { file, position } = advice;
  const inFile = position !== undefined && (file === undefined || file === position.file);
  const path = inFile ? position.file : file;
  if (path === undefined) return null;
  const line = inFile ? `:${position.line}` : '';
  return (
    <span className="mono-11 t3" title={`${path}${line}`}>
      {shortPath(path, home).split(/[/\\]/).at(-1)}
      {line}
    </span>
  );
}
