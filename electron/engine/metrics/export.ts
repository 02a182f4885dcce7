import type { MetricSeries } from '../../../shared/contract/metrics.ts';

export const maxExportBytes = 5_000_000;
/** Buckets per series: two days by the minute. */
export const exportPoints = 2880;

export interface Exported {
  readonly text: string;
  /** Not everything fitted. */
  readonly truncated: boolean;
}

const columns = ['time', 'service', 'metric', 'average', 'min', 'max', 'p50', 'p95', 'p99'] as const;

/** One line per bucket, RFC 4180. Times ISO 8601, UTC. */
export function toCsv(series: readonly MetricSeries[], maxBytes = maxExportBytes): Exported {
  const out = limited(maxBytes);
  out.add(`${columns.join(',')}\r\n`);
  for (const { service, metric, points } of series) {
    for (const { at, average, min, max, p50, p95, p99 } of points) {
      const cells = [new Date(at).toISOString(), service ?? '', metric, average, min, max, p50, p95, p99];
      if (!out.add(`${cells.map(cell).join(',')}\r\n`)) return out.done();
    }
  }
  return out.done();
}

function cell(value: string | number | null): string {
  if (value === null) return '';
  const text = String(value);
  // A sheet would take some beginnings for a formula.
  const plain = typeof value === 'string' && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
}

/** One object: the width of the buckets, and the series as the query gives them. */
export function toJson(bucketMs: number, series: readonly MetricSeries[], maxBytes = maxExportBytes): Exported {
  const end = ']}\n';
  const out = limited(maxBytes - 2 * end.length);
  out.add(`{"bucketMs":${bucketMs},"series":[`);
  for (const [index, { points, ...head }] of series.entries()) {
    const begin = JSON.stringify(head).slice(0, -1);
    if (!out.add(`${index === 0 ? '' : ','}${begin},"points":[`)) break;
    points.every((point, at) => out.add(`${at === 0 ? '' : ','}${JSON.stringify(point)}`));
    out.close(']}');
  }
  const { text, truncated } = out.done();
  return { text: `${text}${end}`, truncated };
}

function limited(maxBytes: number) {
  const parts: string[] = [];
  let bytes = 0;
  let truncated = false;
  return {
    /** False once there is no more room: the part, and all that follow, are left out. */
    add(part: string): boolean {
      const size = Buffer.byteLength(part);
      if (truncated || bytes + size > maxBytes - 64) {
        truncated = true;
        return false;
      }
      parts.push(part);
      bytes += size;
      return true;
    },
    /** What must follow in any case. */
    close: (part: string) => void parts.push(part),
    done: (): Exported => ({ text: parts.join(''), truncated }),
  };
}
