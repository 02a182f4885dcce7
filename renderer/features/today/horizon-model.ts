import type { Timeline, TimelineMark } from '../../../shared/contract/health.ts';
import { type HealthState, worstHealth } from '../../../shared/domain/health.ts';

const hour = 3_600_000;

/** What the horizon spans, ms since the epoch. */
export interface Axis {
  readonly from: number;
  readonly to: number;
  /** The working day: where the sun comes up, and where it goes down. */
  readonly rise: number;
  readonly set: number;
}

/** The working day around `now`, in whole hours, wider when now is outside. A day may pass midnight. */
export function axisOf(day: { readonly fromMinute: number; readonly toMinute: number }, now: number): Axis {
  const today = new Date(now);
  const at = (offset: number, minute: number): number =>
    new Date(today.getFullYear(), today.getMonth(), today.getDate() + offset, 0, minute).getTime();
  const night = day.toMinute <= day.fromMinute;
  const late = night && now < at(0, day.toMinute);
  const rise = at(late ? -1 : 0, day.fromMinute);
  const set = at(night && !late ? 1 : 0, day.toMinute);
  return { rise, set, from: wholeHour(Math.min(rise, now), 'before'), to: wholeHour(Math.max(set, now) + 1, 'after') };
}

function wholeHour(at: number, which: 'before' | 'after'): number {
  const date = new Date(at);
  date.setMinutes(0, 0, 0);
  return date.getTime() + (which === 'after' ? hour : 0);
}

export interface Tick {
  readonly at: number;
  readonly label: string;
}

/** The hours, labelled when there is room for at most `most` of them. */
export function ticks(axis: Axis, most = 13): readonly Tick[] {
  const hours = Math.round((axis.to - axis.from) / hour);
  const step = Math.ceil((hours + 1) / most);
  return Array.from({ length: hours + 1 }, (_, index) => {
    const at = axis.from + index * hour;
    return { at, label: index % step === 0 ? String(new Date(at).getHours()).padStart(2, '0') : '' };
  });
}

export type Ribbon = 'healthy' | 'starting' | 'degraded' | 'down' | 'stopped';

const ribbons: Record<HealthState, Ribbon | null> = {
  healthy: 'healthy',
  // In doubt for seconds: not worth a colour of its own on a line of a day.
  suspect: 'healthy',
  starting: 'starting',
  recovering: 'starting',
  degraded: 'degraded',
  flapping: 'degraded',
  down: 'down',
  paused: 'stopped',
  stopped: 'stopped',
  unknown: null,
  unreachable: null,
};

export interface Span {
  readonly from: number;
  readonly to: number;
  readonly state: HealthState;
  readonly reason: string | null;
}

export interface Row {
  readonly key: string;
  readonly label: string;
  readonly environmentId: string;
  /** Null: the environment as a whole. */
  readonly service: string | null;
  readonly spans: readonly Span[];
}

/** More rows than this are folded into one per environment, and those that had trouble. */
const mostRows = 12;

const troubled = (spans: readonly Span[]): boolean =>
  spans.some(({ state }) => ribbons[state] === 'down' || ribbons[state] === 'degraded');

/** The rows to draw: every service while they fit, else each environment with its services that had trouble. */
export function rowsOf(timelines: readonly Timeline[]): readonly Row[] {
  const services = timelines.flatMap((one) => one.services.map((service) => ({ one, service })));
  const single = timelines.length === 1;
  const all = services.length + (single ? 0 : timelines.length);
  const fits = all <= mostRows;
  let room = mostRows - timelines.length;
  const rows: Row[] = [];
  for (const one of timelines) {
    const { environmentId } = one;
    if (!single || !fits)
      rows.push({
        key: environmentId,
        label: environmentId,
        environmentId,
        service: null,
        spans: together(one.services.map(({ spans }) => spans)),
      });
    for (const { service, spans } of one.services) {
      if (!fits && (!troubled(spans) || room <= 0)) continue;
      room -= 1;
      rows.push({ key: `${environmentId}/${service}`, label: service, environmentId, service, spans });
    }
  }
  return rows;
}

/** The worst of many at each moment. */
export function together(lists: readonly (readonly Span[])[]): readonly Span[] {
  const edges = [...new Set(lists.flatMap((spans) => spans.flatMap(({ from, to }) => [from, to])))].sort(
    (a, b) => a - b,
  );
  const at = lists.map(() => 0);
  const merged: Span[] = [];
  for (let index = 0; index + 1 < edges.length; index += 1) {
    const [from, to] = [edges[index] as number, edges[index + 1] as number];
    const here = lists.flatMap((spans, n) => {
      while ((spans[at[n] ?? 0]?.to ?? Number.POSITIVE_INFINITY) <= from) at[n] = (at[n] ?? 0) + 1;
      const span = spans[at[n] ?? 0];
      return span !== undefined && span.from <= from ? [span] : [];
    });
    if (here.length === 0) continue;
    const worst = worstHealth(here.map((one) => one.state));
    // Of choices that are equally harmless, one that was made.
    const state = here.some((one) => one.state === worst) ? worst : (here[0]?.state ?? worst);
    const reason = here.find((one) => one.state === state)?.reason ?? null;
    const last = merged.at(-1);
    if (last !== undefined && last.to === from && last.state === state) merged[merged.length - 1] = { ...last, to };
    else merged.push({ from, to, state, reason });
  }
  return merged;
}

export interface Piece {
  readonly from: number;
  readonly to: number;
  readonly ribbon: Ribbon;
}

/** Drawn one by one up to here; beyond, the finest that can be told apart. */
const mostPieces = 240;
const rank: readonly Ribbon[] = ['stopped', 'healthy', 'starting', 'degraded', 'down'];

/** What is drawn of a row: neighbours that look alike are one piece, and there are never more than can be seen. */
export function piecesOf(spans: readonly Span[], axis: Axis): readonly Piece[] {
  const pieces: Piece[] = [];
  for (const span of spans) {
    const ribbon = ribbons[span.state];
    const from = Math.max(span.from, axis.from);
    const to = Math.min(span.to, axis.to);
    if (ribbon === null || to <= from) continue;
    const last = pieces.at(-1);
    if (last?.ribbon === ribbon && from - last.to < 1000) pieces[pieces.length - 1] = { ...last, to };
    else pieces.push({ from, to, ribbon });
  }
  return pieces.length <= mostPieces ? pieces : coarse(pieces, axis);
}

/** The worst in each of `mostPieces` equal parts, so that nothing bad disappears. */
function coarse(pieces: readonly Piece[], axis: Axis): readonly Piece[] {
  const width = (axis.to - axis.from) / mostPieces;
  const parts: (Ribbon | undefined)[] = Array.from({ length: mostPieces }, () => undefined);
  for (const { from, to, ribbon } of pieces) {
    const last = Math.min(mostPieces - 1, Math.ceil((to - axis.from) / width) - 1);
    for (let n = Math.floor((from - axis.from) / width); n <= last; n += 1) {
      const known = parts[n];
      if (known === undefined || rank.indexOf(ribbon) > rank.indexOf(known)) parts[n] = ribbon;
    }
  }
  return parts.flatMap((ribbon, n) =>
    ribbon === undefined ? [] : [{ from: axis.from + n * width, to: axis.from + (n + 1) * width, ribbon }],
  );
}

/** Per cent of the watched time in which it was well; null when it was not watched, or did not run. */
export function wellShare(spans: readonly Span[]): number | null {
  let well = 0;
  let all = 0;
  for (const { from, to, state } of spans) {
    const ribbon = ribbons[state];
    if (ribbon === null || ribbon === 'stopped' || ribbon === 'starting') continue;
    all += to - from;
    if (ribbon === 'healthy') well += to - from;
  }
  return all === 0 ? null : (well / all) * 100;
}

export interface PlacedMark extends TimelineMark {
  readonly environmentId: string;
}

/** Marks that would cover each other, as one; the gravest gives it its shape. */
export interface MarkGroup {
  readonly at: number;
  readonly first: PlacedMark;
  readonly marks: readonly PlacedMark[];
}

const gravity: readonly TimelineMark['kind'][] = ['incident', 'restore', 'undo', 'capture', 'recovery', 'stop', 'up'];

export function markGroups(timelines: readonly Timeline[], axis: Axis): readonly MarkGroup[] {
  const near = (axis.to - axis.from) * 0.016;
  const marks = timelines
    .flatMap((one) => one.marks.map((mark): PlacedMark => ({ ...mark, environmentId: one.environmentId })))
    .filter(({ at }) => at >= axis.from && at <= axis.to)
    .sort((a, b) => a.at - b.at);
  const groups: PlacedMark[][] = [];
  for (const mark of marks) {
    const group = groups.at(-1);
    if (group?.[0] !== undefined && mark.at - group[0].at < near) group.push(mark);
    else groups.push([mark]);
  }
  return groups.map((group) => {
    const first = [...group].sort((a, b) => gravity.indexOf(a.kind) - gravity.indexOf(b.kind))[0] as PlacedMark;
    return { at: first.at, first, marks: group };
  });
}
