/** A position in a container's log: a time in nanoseconds that strings order by. */
export interface LogPosition {
  /** As the engine wrote it. */
  readonly stamp: string;
  /** Messages with exactly this time that were seen. */
  readonly count: number;
}

const stampPattern = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.(\d{1,9}))?(?:Z|[+-]\d\d:\d\d))$/;

export function isStamp(text: string): boolean {
  return stampPattern.test(text);
}

/** Seconds since 1970 and nanoseconds, as the `since` parameter wants them: `1700000000.000000001`. Sortable as a pair. */
export function toSince(stamp: string): string {
  const { seconds, nanoseconds } = split(stamp);
  return `${seconds}.${String(nanoseconds).padStart(9, '0')}`;
}

export function compareStamps(a: string, b: string): number {
  if (a === b) return 0;
  const left = split(a);
  const right = split(b);
  return left.seconds - right.seconds || left.nanoseconds - right.nanoseconds;
}

function split(stamp: string): { readonly seconds: number; readonly nanoseconds: number } {
  const fraction = /\.(\d{1,9})/.exec(stamp)?.[1] ?? '';
  return {
    seconds: Math.floor(Date.parse(stamp.replace(/\.\d+/, '')) / 1000),
    nanoseconds: Number(fraction.padEnd(9, '0')),
  };
}

/** ISO 8601 in milliseconds, UTC. */
export function stampToIso(stamp: string): string {
  if (stamp.length === 30 && stamp.endsWith('Z')) return `${stamp.slice(0, 23)}Z`;
  const date = new Date(stamp);
  return Number.isNaN(date.getTime()) ? new Date(0).toISOString() : date.toISOString();
}
