/** Reads the values that the resolved Compose model keeps as text. */

const unitNs: Readonly<Record<string, number>> = {
  ns: 1,
  us: 1e3,
  µs: 1e3,
  μs: 1e3,
  ms: 1e6,
  s: 1e9,
  m: 60e9,
  h: 3600e9,
};

/** Go's duration text (`1m30s`, `500ms`, `0s`) in nanoseconds; undefined for absent or unreadable text. */
export function nanoseconds(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const trimmed = text.trim();
  if (trimmed === '0') return 0;
  let total = 0;
  let rest = trimmed;
  while (rest !== '') {
    const match = /^(\d+(?:\.\d+)?)(ns|us|µs|μs|ms|s|m|h)/.exec(rest);
    if (match === null) return undefined;
    total += Number(match[1]) * (unitNs[match[2] ?? ''] ?? 0);
    rest = rest.slice(match[0].length);
  }
  return trimmed === '' ? undefined : Math.round(total);
}

/** Milliseconds of a Go duration, or the fallback. */
export function milliseconds(text: string | undefined, fallback: number): number {
  const ns = nanoseconds(text);
  return ns === undefined ? fallback : Math.round(ns / 1e6);
}

const unitBytes: Readonly<Record<string, number>> = { b: 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3, t: 1024 ** 4 };

/** Bytes: a decimal number as Compose prints it, or with a unit as people write it (`64m`, `1.5gb`). */
export function bytes(value: string | number | undefined): number | undefined {
  if (value === undefined) return undefined;
  if (typeof value === 'number') return value;
  const match = /^(-?\d+(?:\.\d+)?)\s*([bkmgt]?)(i?b)?$/i.exec(value.trim());
  if (match === null) return undefined;
  return Math.round(Number(match[1]) * (unitBytes[(match[2] ?? '').toLowerCase() || 'b'] ?? 1));
}

/** A number that may have been kept as text; undefined when absent or not a number. */
export function numeric(value: string | number | undefined): number | undefined {
  if (value === undefined || value === '') return undefined;
  const number = Number(value);
  return Number.isFinite(number) ? number : undefined;
}

/** Compares Docker API versions such as `1.41` and `1.9`. */
export function apiAtLeast(api: string, wanted: string): boolean {
  const [major = 0, minor = 0] = api.split('.').map(Number);
  const [wantedMajor = 0, wantedMinor = 0] = wanted.split('.').map(Number);
  return major > wantedMajor || (major === wantedMajor && minor >= wantedMinor);
}

/** Drops undefined members, so that the engine sees only what was declared. */
export function compact<T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
}
