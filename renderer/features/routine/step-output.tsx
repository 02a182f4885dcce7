import { useVirtualizer } from '@tanstack/react-virtual';
import { ChevronDown } from 'lucide-react';
import { type ReactNode, useCallback, useLayoutEffect, useRef, useState } from 'react';
import type { RunStep } from '../../../shared/contract/routines.ts';
import { IconButton } from '../../ui/button.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import styles from './output.module.css';
import type { OutputView } from './output-text.ts';
import { useOperationOutput } from './use-operation-output.ts';
import { useOutput } from './use-output.ts';

const lineHeight = 18;
const mostLines = 12;
const near = 8;

interface OutputProps {
  readonly runId: string;
  readonly step: RunStep;
  readonly onFold: () => void;
}

const isLive = (step: RunStep): boolean => step.state === 'running' || step.state === 'asking';

/** What a step writes, as it comes; of one that writes nothing itself, the log of the operation that does it. */
export function StepOutput(props: OutputProps): ReactNode {
  const { operationId, hasOutput } = props.step;
  if (hasOutput || operationId === null) return <Written {...props} />;
  return <Logged {...props} operationId={operationId} />;
}

function Written(props: OutputProps): ReactNode {
  return (
    <Lines {...props} {...useOutput(props.runId, props.step.id, `${props.step.attempts} ${props.step.startedAt}`)} />
  );
}

function Logged(props: OutputProps & { readonly operationId: string }): ReactNode {
  return <Lines {...props} {...useOperationOutput(props.operationId, isLive(props.step))} />;
}

/** Follows the end until somebody scrolls up. */
function Lines(props: OutputProps & OutputView & { readonly problem: string | null }): ReactNode {
  const { step, lines, dropped, problem } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const [follow, setFollow] = useState(true);
  const virtual = useVirtualizer({
    count: lines.length,
    getScrollElement: () => scroller.current,
    estimateSize: useCallback(() => lineHeight, []),
    overscan: 10,
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: every new line moves the end
  useLayoutEffect(() => {
    const element = scroller.current;
    if (element !== null && follow) element.scrollTop = element.scrollHeight;
  }, [lines, follow]);
  const live = isLive(step);
  const height = Math.min(mostLines, Math.max(1, lines.length)) * lineHeight;
  const region = { role: 'log', 'aria-label': `Output of ${step.title}`, 'aria-live': 'off' as const };
  return (
    <div className={styles.out}>
      <div className={styles.head}>
        <span className="trunc">
          {step.title}
          {live ? ', live' : ', output'}
        </span>
        <span className="grow" />
        <span className="nowrap">{dropped === 0 ? '' : 'earlier output left out'}</span>
        <CopyButton text={() => lines.map((line) => line.text).join('\n')} label="Copy" />
        <IconButton
          size="small"
          label={`Fold the output of ${step.title}`}
          icon={ChevronDown}
          aria-expanded
          onClick={props.onFold}
        />
      </div>
      {lines.length === 0 ? (
        <p className={styles.none}>{problem ?? (live ? 'Nothing written yet.' : 'Nothing was written.')}</p>
      ) : (
        <div
          {...region}
          ref={scroller}
          className={styles.lines}
          style={{ height: height + 16 }}
          // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
          tabIndex={0}
          data-focus="inside"
          onScroll={(event) => {
            const { scrollHeight, clientHeight, scrollTop } = event.currentTarget;
            setFollow(scrollHeight - clientHeight - scrollTop < near);
          }}
        >
          <div style={{ height: virtual.getTotalSize(), position: 'relative' }}>
            {virtual.getVirtualItems().map((item) => (
              <div key={item.key} className={styles.line} style={{ transform: `translateY(${item.start}px)` }}>
                {lines[item.index]?.text}
              </div>
            ))}
          </div>
        </div>
      )}
    </div>
  );
}
