import { Lightbulb } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import type { Advice } from '../../../shared/contract/metrics.ts';
import { useQuery } from '../../client/hooks.ts';
import { Button } from '../../ui/button.tsx';
import { count } from '../../ui/format.ts';
import { Panel } from '../../ui/panel.tsx';
import { useNow } from '../../ui/use-now.ts';
import { useRefresh } from '../../ui/use-refresh.ts';
import { HintItem } from './hint-item.tsx';
import styles from './stack.module.css';

const none: readonly Advice[] = [];
const putAside = 'goldenhour.hints-put-aside';

/** Proposals read from what was measured, without those that the user put aside. */
export interface Hints {
  readonly list: readonly Advice[];
  /** Those put aside too; null while they are not known. */
  readonly all: readonly Advice[] | null;
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

/** @param sign changes when what is proposed may be another thing: a check that was declared, a service that is well now. */
export function useHints(environmentId: string, sign: string): Hints {
  const query = useQuery(`hints ${environmentId}`, (api, options) => api.metrics.advice({ environmentId }, options));
  const [aside, setAside] = useState(recall);
  const { refetch } = query;
  // What a week of figures says does not change by the minute.
  useRefresh(`${Math.floor(useNow() / 600_000)} ${sign}`, refetch);
  return {
    list: (query.data ?? none).filter((one) => !aside.includes(`${environmentId} ${one.id}`)),
    all: query.data,
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
  /** Starts a service anew with what its file says now. */
  readonly onStart: (service: string) => void;
  readonly onClose: () => void;
}): ReactNode {
  const { hints } = props;
  return (
    <Panel label="Hints" title="Hints" takeFocus onClose={props.onClose}>
      <p className="small t2">From what was measured here. Nothing is changed until you say so.</p>
      {hints.list.length === 0 ? <p className={styles.hintNone}>No more hints.</p> : null}
      <ul className={styles.hintList}>
        {hints.list.map((one) => (
          <HintItem
            key={one.id}
            environmentId={props.environmentId}
            advice={one}
            onStart={props.onStart}
            onDone={hints.refetch}
            onPutAside={() => hints.putAside(one.id)}
          />
        ))}
      </ul>
    </Panel>
  );
}
