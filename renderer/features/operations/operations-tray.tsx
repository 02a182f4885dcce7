import { Check, LoaderCircle } from 'lucide-react';
import { type ReactNode, useMemo, useState } from 'react';
import type { OperationView } from '../../../shared/contract/operations.ts';
import { useAction, useOperations } from '../../client/hooks.ts';
import { Button } from '../../ui/button.tsx';
import { type Command, useCommands } from '../../ui/commands.ts';
import { cx } from '../../ui/cx.ts';
import { formatElapsed } from '../../ui/format.ts';
import { ToneGlyph } from '../../ui/health-glyph.tsx';
import { Popover } from '../../ui/popover.tsx';
import { useNow } from '../../ui/use-now.ts';
import { OperationCard } from './operation-card.tsx';
import { currentStep, elapsedMs, isActive, trayOrder } from './operation-words.ts';
import styles from './operations.module.css';

/** At the right of the foot: what is under way, how it ended, and the list of all behind it. */
export function OperationsTray(): ReactNode {
  const operations = useOperations();
  const ordered = useMemo(() => trayOrder(operations), [operations]);
  const [open, setOpen] = useState(false);
  const commands = useMemo(
    (): Command[] => [{ id: 'operations.show', title: 'Show operations', group: 'Window', run: () => setOpen(true) }],
    [],
  );
  useCommands(commands);
  return (
    <Popover
      label="Operations"
      side="top"
      open={open}
      onOpenChange={setOpen}
      className={styles.pop}
      trigger={
        <button type="button" className={styles.trigger} data-focus="inside">
          <TriggerWords ordered={ordered} />
        </button>
      }
    >
      <OperationList ordered={ordered} />
    </Popover>
  );
}

function TriggerWords({ ordered }: { readonly ordered: readonly OperationView[] }): ReactNode {
  const active = ordered.filter(isActive);
  const first = active.find((one) => one.state !== 'queued') ?? active[0];
  const failed = ordered.find((one) => one.state === 'failed');
  if (first !== undefined) return <RunningWords operation={first} more={active.length - 1} />;
  if (failed !== undefined)
    return (
      <>
        <ToneGlyph tone="down" shape="square" size={10} />
        <span className="trunc">{failed.title} failed</span>
      </>
    );
  return (
    <>
      <Check size={14} strokeWidth={1.9} aria-hidden />
      No operations running
    </>
  );
}

function RunningWords(props: { readonly operation: OperationView; readonly more: number }): ReactNode {
  const now = useNow('second');
  const took = elapsedMs(props.operation, now);
  const step = currentStep(props.operation);
  return (
    <>
      <LoaderCircle className={styles.spin} size={14} strokeWidth={1.9} aria-hidden />
      <span className={styles.title}>{props.operation.title}</span>
      {step === null || took === null ? null : <span className={cx(styles.stepName, 't3')}>{step.title}</span>}
      {took === null ? <span className="t3">waiting</span> : <span className="tn">{formatElapsed(took)}</span>}
      {props.more === 0 ? null : <span className="t3">and {props.more} more</span>}
    </>
  );
}

function OperationList({ ordered }: { readonly ordered: readonly OperationView[] }): ReactNode {
  const now = useNow('second');
  const dismiss = useAction();
  const ended = ordered.filter((one) => !isActive(one));
  const dismissAll = (): void =>
    void dismiss.run((client) =>
      Promise.all(
        ended.map((one) => client.call((api, options) => api.operations.dismiss({ operationId: one.id }, options))),
      ),
    );
  return (
    <>
      <div className={styles.head}>
        <h2 className="strong grow">Operations</h2>
        {ended.length < 2 ? null : (
          <Button size="small" kind="ghost" busy={dismiss.busy} onClick={dismissAll}>
            Dismiss all that ended
          </Button>
        )}
      </div>
      {ordered.length === 0 ? (
        <p className={styles.quiet}>Nothing is under way. What you start shows here, with its steps and its log.</p>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
        <ul className={styles.list} tabIndex={0} aria-label="Operations" data-focus="inside">
          {ordered.map((operation) => (
            <OperationCard key={operation.id} operation={operation} now={now} />
          ))}
        </ul>
      )}
    </>
  );
}
