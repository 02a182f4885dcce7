import { Lightbulb } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import type { Advice } from '../../../shared/contract/metrics.ts';
import { useAction, useHello, useQuery } from '../../client/hooks.ts';
import { Button } from '../../ui/button.tsx';
import { DiffView } from '../../ui/diff-view.tsx';
import { ErrorNotice } from '../../ui/error-notice.tsx';
import { count, shortPath } from '../../ui/format.ts';
import { Panel } from '../../ui/panel.tsx';
import { useNow } from '../../ui/use-now.ts';
import { useRefresh } from '../../ui/use-refresh.ts';
import styles from './stack.module.css';

const none: readonly Advice[] = [];
const putAside = 'goldenhour.hints-put-aside';

/** Proposals read from what was measured, without those that the user put aside. */
export interface Hints {
  readonly list: readonly Advice[];
  putAside(id: string): void;
  refetch(): void;
}

function recall(): readonly string[] {
  try {
    const known: unknown = JSON.parse(localStorage.getItem(putAside) ?? '[]');
    return Array.isArray(known) ? known.filter((one) => typeof one === 'string') : [];
  } catch {
    return [];
  }
}

export function useHints(environmentId: string): Hints {
  const query = useQuery(`hints ${environmentId}`, (api, options) => api.metrics.advice({ environmentId }, options));
  const [aside, setAside] = useState(recall);
  const { refetch } = query;
  // What a week of figures says does not change by the minute.
  useRefresh(Math.floor(useNow() / 600_000), refetch);
  return {
    list: (query.data ?? none).filter((one) => !aside.includes(`${environmentId} ${one.id}`)),
    refetch,
    putAside(id) {
      const next = [...aside, `${environmentId} ${id}`].slice(-200);
      setAside(next);
      try {
        localStorage.setItem(putAside, JSON.stringify(next));
      } catch {
        // It comes back with the next window; nothing else is lost.
      }
    },
  };
}

/** One quiet line above the services. */
export function HintLine(props: { readonly hints: Hints; readonly onShow: () => void }): ReactNode {
  const { list } = props.hints;
  const [first] = list;
  if (first === undefined) return null;
  return (
    <section className={styles.hint} aria-label="Hints">
      <Lightbulb size={14} strokeWidth={1.65} className="t3" aria-hidden />
      <span className="trunc" title={first.message}>
        {first.message}
      </span>
      {list.length === 1 ? null : <span className="t3 nowrap">and {count(list.length - 1, 'more hint')}</span>}
      <span className="grow" />
      <Button kind="ghost" size="small" onClick={props.onShow}>
        {list.length === 1 && first.diff !== null ? 'Show the change' : 'Show'}
      </Button>
      <Button
        kind="ghost"
        size="small"
        onClick={() => props.hints.putAside(first.id)}
        aria-label={`Put aside: ${first.message}`}
      >
        Not now
      </Button>
    </section>
  );
}

/** What each hint would change, and the button that does it. */
export function HintsPanel(props: {
  readonly environmentId: string;
  readonly hints: Hints;
  readonly onClose: () => void;
}): ReactNode {
  const { hints } = props;
  return (
    <Panel label="Hints" title="Hints" takeFocus onClose={props.onClose}>
      <p className="small t2">From what was measured here. Nothing is changed until you say so.</p>
      {hints.list.length === 0 ? <p className={styles.hintNone}>No more hints.</p> : null}
      <ul className={styles.hintList}>
        {hints.list.map((one) => (
          <HintItem key={one.id} {...props} advice={one} />
        ))}
      </ul>
    </Panel>
  );
}

function HintItem(props: {
  readonly environmentId: string;
  readonly hints: Hints;
  readonly advice: Advice;
}): ReactNode {
  const { environmentId, hints, advice } = props;
  const apply = useAction();
  const [done, setDone] = useState<string | null>(null);
  const home = useHello()?.homeFolder ?? null;
  const { position } = advice;
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
        {advice.proposal}{' '}
        {position === undefined ? null : (
          <span className="mono-11 t3" title={`${position.file}:${position.line}:${position.column}`}>
            {shortPath(position.file, home).split(/[/\\]/).at(-1)}:{position.line}
          </span>
        )}
      </p>
      {advice.diff === null ? (
        <p className="small t3">This one has to be done by hand.</p>
      ) : (
        <DiffView label={`Change for ${advice.service}`} diff={advice.diff} />
      )}
      {apply.error === null ? null : <ErrorNotice error={apply.error} onDismiss={apply.clear} />}
      {done !== null ? (
        <p className="small" role="status">
          {done} It holds from the next start on.{' '}
          <Button size="small" kind="ghost" onClick={hints.refetch}>
            Done
          </Button>
        </p>
      ) : (
        <div className={styles.hintButtons}>
          {advice.diff === null ? null : (
            <Button busy={apply.busy} onClick={() => void run()}>
              Apply
            </Button>
          )}
          <Button kind="ghost" onClick={() => hints.putAside(advice.id)}>
            Not now
          </Button>
        </div>
      )}
    </li>
  );
}
