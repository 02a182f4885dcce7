import { ArrowDownToLine, ChevronDown, ChevronUp, Eraser, Pause, Play, Search, SlidersHorizontal } from 'lucide-react';
import type { KeyboardEvent, ReactNode, Ref } from 'react';
import { Badge } from '../../../ui/badge.tsx';
import { Button, IconButton } from '../../../ui/button.tsx';
import { Checkbox } from '../../../ui/checkbox.tsx';
import { CopyButton } from '../../../ui/copy-button.tsx';
import { Field } from '../../../ui/field.tsx';
import { Popover } from '../../../ui/popover.tsx';
import { Segmented } from '../../../ui/segmented.tsx';
import styles from './logs.module.css';
import type { Logs } from './use-logs.ts';

const streams = [
  { value: 'all', label: 'All' },
  { value: 'stdout', label: 'stdout' },
  { value: 'stderr', label: 'stderr' },
] as const;

/** Search, pause, follow and how lines are shown. */
export function LogTools({
  logs,
  searchRef,
}: {
  readonly logs: Logs;
  readonly searchRef: Ref<HTMLInputElement>;
}): ReactNode {
  const { feed, state, options, setOptions, lines, current, step } = logs;
  const matches = lines.matches;
  const place = matches === null || current === null ? -1 : matches.indexOf(current);

  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>): void => {
    if (event.key === 'Enter') {
      event.preventDefault();
      step(event.shiftKey ? 1 : -1);
    } else if (event.key === 'Escape' && options.query !== '') {
      event.preventDefault();
      event.stopPropagation();
      setOptions({ query: '' });
    }
  };

  return (
    <div className={styles.tools}>
      {state.dropped === 0 ? null : (
        <Badge tone="degraded" title="They came faster than a window can show. The container's own log still has them.">
          {state.dropped.toLocaleString('en')} lines skipped
        </Badge>
      )}
      <Field
        ref={searchRef}
        size="small"
        icon={Search}
        frameClassName={styles.search}
        aria-label="Search the log"
        placeholder="Search"
        value={options.query}
        onChange={(event) => setOptions({ query: event.currentTarget.value })}
        onKeyDown={onKeyDown}
        end={
          matches === null ? null : (
            <span className={styles.count} aria-live="polite">
              {matches.length === 0
                ? 'none'
                : place < 0
                  ? matches.length.toLocaleString('en')
                  : `${(place + 1).toLocaleString('en')} of ${matches.length.toLocaleString('en')}`}
            </span>
          )
        }
      />
      {matches === null ? null : (
        <>
          <IconButton size="small" label="Previous match" keys="enter" icon={ChevronUp} onClick={() => step(-1)} />
          <IconButton size="small" label="Next match" keys="shift+enter" icon={ChevronDown} onClick={() => step(1)} />
        </>
      )}
      <IconButton
        size="small"
        label={state.paused ? 'Resume' : 'Pause'}
        icon={state.paused ? Play : Pause}
        aria-pressed={state.paused}
        onClick={() => feed.pause(!state.paused)}
      />
      <IconButton
        size="small"
        label="Follow the newest line"
        icon={ArrowDownToLine}
        aria-pressed={logs.follow}
        onClick={() => logs.setFollow(!logs.follow)}
      />
      <Popover
        label="How lines are shown"
        trigger={<IconButton size="small" label="How lines are shown" icon={SlidersHorizontal} />}
        side="top"
      >
        <div className={styles.options}>
          <Segmented
            label="Stream"
            value={options.stream}
            options={streams}
            onChange={(stream) => setOptions({ stream })}
          />
          <Checkbox
            label="Timestamps"
            checked={options.timestamps}
            onChange={(timestamps) => setOptions({ timestamps })}
          />
          <Checkbox label="Wrap long lines" checked={options.wrap} onChange={(wrap) => setOptions({ wrap })} />
          <Checkbox
            label="Only matching lines"
            checked={options.onlyMatches}
            onChange={(onlyMatches) => setOptions({ onlyMatches })}
          />
          <hr />
          <CopyButton text={logs.allText} label="Copy all lines" />
          <Button kind="ghost" size="small" icon={Eraser} onClick={() => feed.clear()}>
            Clear the view
          </Button>
        </div>
      </Popover>
    </div>
  );
}
