import { type KeyboardEvent, type PointerEvent, type ReactNode, useId, useMemo, useRef, useState } from 'react';
import type { Timeline } from '../../../shared/contract/health.ts';
import { cx } from '../../ui/cx.ts';
import { count } from '../../ui/format.ts';
import { healthLook } from '../../ui/health.ts';
import { ToneGlyph } from '../../ui/health-glyph.tsx';
import { Kbd } from '../../ui/kbd.tsx';
import type { Route } from '../../ui/routes.ts';
import styles from './horizon.module.css';
import { HorizonLines } from './horizon-lines.tsx';
import { MarkLegend, MarkShape } from './horizon-marks.tsx';
import { axisOf, type MarkGroup, markGroups, type PlacedMark, rowsOf, wellShare } from './horizon-model.ts';
import { type Planned, PlannedMarks, plannedShape } from './horizon-planned.tsx';
import { HorizonSky, skyHeight } from './horizon-sky.tsx';
import { clockAt, type Reading, readingAt, readingText, shareWords } from './horizon-words.ts';

const minute = 60_000;

/** Where a mark leads. */
export function routeOfMark(mark: PlacedMark): Route {
  switch (mark.kind) {
    case 'capture':
      return { page: 'golden' };
    case 'incident':
      return { page: 'incidents', incidentId: mark.ref };
    default:
      return { page: 'activity', operationId: mark.ref };
  }
}

/** The day as a horizon: the sun where the time is, a ribbon per service below, marks for what happened on the line. */
export function Horizon(props: {
  readonly timelines: readonly Timeline[];
  readonly day: { readonly fromMinute: number; readonly toMinute: number };
  /** What starts by itself later in the day. */
  readonly planned?: readonly Planned[];
  readonly now: number;
  readonly onOpen: (route: Route) => void;
}): ReactNode {
  const { timelines, day, now, onOpen } = props;
  const hatch = useId();
  const axis = axisOf(day, now);
  const { from, to } = axis;
  const rows = useMemo(() => rowsOf(timelines), [timelines]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the axis is made anew each time, its ends are what counts
  const groups = useMemo(() => markGroups(timelines, axis), [timelines, from, to]);
  const kinds = useMemo(() => new Set(groups.flatMap(({ marks }) => marks.map(({ kind }) => kind))), [groups]);
  const [cursor, setCursor] = useState<number | null>(null);
  const plot = useRef<HTMLDivElement>(null);

  const x = (at: number): number => (100 * (at - from)) / (to - from);
  const clamp = (at: number): number => Math.min(to, Math.max(from, at));
  const read = cursor === null ? null : readingAt(rows, groups, cursor, now);
  const here = readingAt(rows, groups, cursor ?? now, now);
  const nearest = (at: number): MarkGroup | undefined =>
    groups.find((group) => Math.abs(group.at - at) <= Math.max(2.5 * minute, (to - from) * 0.008));

  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const at = cursor ?? now;
    const step = event.shiftKey ? 60 * minute : 5 * minute;
    if (event.key === 'Escape' && cursor !== null) setCursor(null);
    else if (event.key === 'ArrowRight' || event.key === 'ArrowUp') setCursor(clamp(at + step));
    else if (event.key === 'ArrowLeft' || event.key === 'ArrowDown') setCursor(clamp(at - step));
    else if (event.key === 'PageUp') setCursor(groups.find((group) => group.at > at)?.at ?? to);
    else if (event.key === 'PageDown') setCursor(groups.findLast((group) => group.at < at)?.at ?? from);
    else if (event.key === 'Home') setCursor(from);
    else if (event.key === 'End') setCursor(clamp(Date.now()));
    else if (event.key === 'Enter') {
      const mark = nearest(at)?.first;
      if (mark !== undefined) onOpen(routeOfMark(mark));
    } else return;
    event.preventDefault();
  };
  const onPointerMove = (event: PointerEvent): void => {
    const box = plot.current?.getBoundingClientRect();
    if (box === undefined || box.width === 0) return;
    setCursor(clamp(from + ((event.clientX - box.left) / box.width) * (to - from)));
  };

  return (
    <section className={styles.horizon} aria-label="Horizon">
      <div className={styles.ground} />
      <div className={styles.grid}>
        <div className={styles.names}>
          {rows.map((row) => (
            <button
              key={row.key}
              type="button"
              tabIndex={-1}
              className={cx(
                'trunc',
                row.service === null ? styles.whole : rows.some((one) => one.service === null) && styles.within,
              )}
              title={row.key}
              onClick={() =>
                onOpen({ page: 'stack', environmentId: row.environmentId, service: row.service, tab: null })
              }
            >
              {row.label}
            </button>
          ))}
        </div>
        <div className={styles.area}>
          <div
            ref={plot}
            className={styles.plot}
            role="slider"
            tabIndex={0}
            data-focus="inside"
            aria-label={`The day of ${count(rows.length, 'row')}, from ${clockAt(from)} to ${clockAt(to)}`}
            aria-valuemin={0}
            aria-valuemax={Math.round((to - from) / minute)}
            aria-valuenow={Math.round(((cursor ?? now) - from) / minute)}
            aria-valuetext={readingText(here)}
            onKeyDown={onKeyDown}
            onPointerMove={onPointerMove}
            onPointerLeave={() => setCursor(null)}
            onBlur={() => setCursor(null)}
          >
            <svg height={skyHeight + 28 + rows.length * 18} aria-hidden>
              <defs>
                <pattern id={hatch} width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
                  <line className={styles.hatch} x1="0" y1="0" x2="0" y2="5" />
                </pattern>
              </defs>
              <HorizonSky axis={axis} now={now} />
              <HorizonLines axis={axis} rows={rows} now={now} hatch={hatch} />
              {groups.map((group) => (
                <line
                  key={group.first.ref}
                  className={styles.stem}
                  x1={`${x(group.at)}%`}
                  x2={`${x(group.at)}%`}
                  y1={63}
                  y2={skyHeight}
                />
              ))}
              {(props.planned ?? []).map((one) => (
                <line
                  key={one.at}
                  className={styles.stem}
                  x1={`${x(one.at)}%`}
                  x2={`${x(one.at)}%`}
                  y1={63}
                  y2={skyHeight}
                />
              ))}
              {cursor === null ? null : (
                <line
                  className={styles.cursor}
                  x1={`${x(cursor)}%`}
                  x2={`${x(cursor)}%`}
                  y1={44}
                  y2={skyHeight + 26 + rows.length * 18}
                />
              )}
            </svg>
          </div>
          <div className={styles.marks}>
            <PlannedMarks planned={props.planned ?? []} axis={axis} onOpen={onOpen} />
            {groups.map((group) => (
              <button
                key={`${group.first.kind} ${group.first.ref}`}
                type="button"
                tabIndex={-1}
                style={{ left: `${x(group.at)}%` }}
                aria-label={group.marks.map((mark) => `${clockAt(mark.at)} ${mark.label}`).join('. ')}
                onClick={() => onOpen(routeOfMark(group.first))}
                onPointerEnter={() => setCursor(group.at)}
                onPointerLeave={() => setCursor(null)}
              >
                <svg width="12" height="12" viewBox="-6 -6 12 12" aria-hidden>
                  <MarkShape kind={group.first.kind} />
                </svg>
                {group.marks.length < 2 ? null : (
                  <span className={styles.many} aria-hidden>
                    {group.marks.length}
                  </span>
                )}
              </button>
            ))}
          </div>
          {read === null || cursor === null ? null : <Read reading={read} at={x(cursor)} />}
        </div>
        <div className={styles.values}>
          {rows.map((row) => {
            const look = healthLook(row.spans.at(-1)?.state ?? 'unknown');
            return (
              <span key={row.key} title={`${look.word}; share of the day in which it was well`}>
                {shareWords(wellShare(row.spans))}
                <ToneGlyph tone={look.tone} shape={look.shape} size={10} />
                <span className="sr">{look.word}</span>
              </span>
            );
          })}
        </div>
      </div>
      <div className={styles.legend}>
        <MarkLegend kinds={kinds} />
        {(props.planned ?? []).length === 0 ? null : (
          <span>
            <svg width="11" height="11" viewBox="-6 -6 12 12" aria-hidden>
              {plannedShape}
            </svg>
            Planned
          </span>
        )}
        <i className="grow" />
        <span>
          <Kbd>←</Kbd>
          <Kbd>→</Kbd>
          read any moment
        </span>
      </div>
    </section>
  );
}

function Read({ reading, at }: { readonly reading: Reading; readonly at: number }): ReactNode {
  const place = at > 58 ? { right: `calc(${100 - at}% + 10px)` } : { left: `calc(${at}% + 10px)` };
  return (
    <div className={styles.read} style={place} aria-hidden>
      <p>
        <b className="strong tn">{reading.time}</b>
        <ToneGlyph tone={reading.tone} shape={reading.shape} size={10} />
        <b className="strong">{reading.headline}</b>
        {reading.length === '' ? null : <span className="t3">{reading.length}</span>}
      </p>
      {reading.details.length === 0 ? null : (
        <div className={styles.detail}>
          {reading.details.map((text) => (/[.!?…]$/.test(text) ? text : `${text}.`)).join(' ')}
        </div>
      )}
    </div>
  );
}
