import type { MetricSeries } from '../../../shared/contract/metrics.ts';

export const maxExportBytes = 5_000_000;
/** Buckets per series: two days by the minute. */
export const exportPoints = 2880;
/** What closes a JSON text must still fit. */
const reserveBytes = 64;

export interface Exported {
  readonly text: string;
  /** Not everything fitted. */
  readonly truncated: boolean;
}

/** Takes series one after the other, so that never all of them are held. */
export interface ExportWriter {
  /** False once there is no more room. */
  add(series: MetricSeries): boolean;
  done(): Exported;
}

const columns = ['time', 'service', 'metric', 'average', 'min', 'max', 'p50', 'p95', 'p99'] as const;

/** One line per bucket, RFC 4180. Times ISO 8601, UTC. */
export function csvWriter(maxBytes = maxExportBytes): ExportWriter {
  const out = limited(maxBytes);
  out.add(`${columns.join(',')}\r\n`);
  return {
    add: ({ service, metric, points }) =>
      points.every(({ at, average, min, max, p50, p95, p99 }) => {
        const cells = [new Date(at).toISOString(), service ?? '', metric, average, min, max, p50, p95, p99];
        return out.add(`${cells.map(cell).join(',')}\r\n`);
      }),
    done: out.done,
  };
}

function cell(value: string | number | null): string {
  if (value === null) return '';
  const text = String(value);
  // A sheet would take some beginnings for a formula.
  const plain = typeof value === 'string' && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
}

/** One object: the width of the buckets, and the series as the query gives them. */
export function jsonWriter(bucketMs: number, maxBytes = maxExportBytes): ExportWriter {
  const out = limited(maxBytes);
  out.add(`{"bucketMs":${bucketMs},"series":[`);
  let first = true;
  return {
    add({ points, ...head }) {
      if (!out.add(`${first ? '' : ','}${JSON.stringify(head).slice(0, -1)},"points":[`)) return false;
      first = false;
      const fitted = points.every((point, index) => out.add(`${index === 0 ? '' : ','}${JSON.stringify(point)}`));
      out.close(']}');
      return fitted;
    },
    done() {
      out.close(']}\n');
      return out.done();
    },
  };
}

function limited(maxBytes: number) {
  const parts: string[] = [];
  let bytes = 0;
  let truncated = false;
  return {
    /** False once there is no more room: the part, and all that follow, are left out. */
    add(part: string): boolean {
      const size = Buffer.byteLength(part);
      if (truncated || bytes + size > maxBytes - reserveBytes) {
        truncated = true;
        return false;
      }
      parts.push(part);
      bytes += size;
      return true;
    },
    /** What must follow in any case. */
    close(part: string): void {
      parts.push(part);
      bytes += part.length;
    },
    done: (): Exported => ({ text: parts.join(''), truncated }),
  };
}
