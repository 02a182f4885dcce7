import { setTimeout as delay } from 'node:timers/promises';

/** One measured figure beside what a peer needs for the same thing in the same run. */
export interface BenchResult {
  readonly bench: string;
  readonly case: string;
  /** `ms`, `MB`, `MB/s`, `tps`, … */
  readonly unit: string;
  readonly median: number;
  readonly runs: readonly number[];
  /** Name of what it is compared with. */
  readonly peer: string | null;
  readonly peerMedian: number | null;
  /** How many times better than the peer: peer ÷ ours where less is better, ours ÷ peer where more is. */
  readonly ratio: number | null;
}

export interface Measurement {
  readonly case: string;
  readonly unit: string;
  /** Default: less is better. */
  readonly moreIsBetter?: boolean;
  /** One run; returns the figure. */
  readonly subject: (run: number) => Promise<number>;
  readonly peer?: { readonly name: string; readonly run: (run: number) => Promise<number> };
  /** Default: the harness's number of runs, at least 3. */
  readonly runs?: number;
}

export interface BenchContext {
  /** Data sizes asked for, in bytes, ascending; 100 MB, 1 GB and 4 GB when none was. */
  readonly sizes: readonly number[];
  readonly runs: number;
  /** A remark for the reader, beside the figures. */
  say(text: string): void;
  /** Runs subject and peer in turns, so that both see the same machine, and records the medians. */
  measure(measurement: Measurement): Promise<BenchResult>;
  /** Records figures measured along the way (service-away time of a restore that was timed as a whole). */
  record(figures: {
    readonly case: string;
    readonly unit: string;
    readonly runs: readonly number[];
    readonly moreIsBetter?: boolean;
    readonly peer?: { readonly name: string; readonly runs: readonly number[] };
  }): BenchResult;
}

/** What a `*.bench.ts` file exports as `bench`. */
export interface Bench {
  run(context: BenchContext): Promise<void>;
}

const units: Readonly<Record<string, number>> = {
  '': 1,
  k: 1e3,
  m: 1e6,
  g: 1e9,
  ki: 2 ** 10,
  mi: 2 ** 20,
  gi: 2 ** 30,
};

/** `100MB`, `1GB`, `4GiB`, `500000` → bytes. */
export function parseSize(text: string): number {
  const match = /^(\d+(?:\.\d+)?)\s*([kmg]i?)?b?$/i.exec(text.trim());
  const unit = units[(match?.[2] ?? '').toLowerCase()];
  if (match === null || unit === undefined) throw new Error(`"${text}" is not a size: write 100MB, 1GB or 4GiB`);
  return Math.round(Number(match[1]) * unit);
}

/** `100 MB`, `4 GB`: decimal, as sizes are asked for. */
export function formatSize(bytes: number): string {
  for (const [unit, size] of [
    ['GB', 1e9],
    ['MB', 1e6],
    ['kB', 1e3],
  ] as const)
    if (bytes >= size) return `${Number((bytes / size).toFixed(1))} ${unit}`;
  return `${bytes} B`;
}

export function median(values: readonly number[]): number {
  if (values.length === 0) throw new Error('the median of nothing');
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] as number;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] as number) + upper) / 2;
}

/** Milliseconds that `work` took. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const begin = performance.now();
  await work();
  return performance.now() - begin;
}

/** Lets the machine come to rest between two runs. */
export async function settle(ms = 500): Promise<void> {
  await delay(ms);
}

function round(value: number): number {
  return Number(value.toPrecision(4));
}

function compare(bench: string, figures: Parameters<BenchContext['record']>[0]): BenchResult {
  const ours = median(figures.runs);
  const theirs = figures.peer === undefined ? null : median(figures.peer.runs);
  const ratio = theirs === null ? null : figures.moreIsBetter === true ? ours / theirs : theirs / ours;
  return {
    bench,
    case: figures.case,
    unit: figures.unit,
    median: round(ours),
    runs: figures.runs.map(round),
    peer: figures.peer?.name ?? null,
    peerMedian: theirs === null ? null : round(theirs),
    ratio: ratio === null ? null : round(ratio),
  };
}

function table(results: readonly BenchResult[]): string {
  const head = ['bench', 'case', 'median', 'unit', 'runs', 'peer', 'peer median', 'ratio'];
  const rows = results.map((r) => [
    r.bench,
    r.case,
    String(r.median),
    r.unit,
    String(r.runs.length),
    r.peer ?? '',
    r.peerMedian === null ? '' : String(r.peerMedian),
    r.ratio === null ? '' : `${r.ratio}×`,
  ]);
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => (row[column] ?? '').length)));
  return [head, ...rows]
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

export interface RunOptions {
  readonly sizes?: readonly string[] | undefined;
  readonly runs?: string | undefined;
  readonly jsonOnly: boolean;
}

/** Runs benches one after the other; returns the exit code. A bench that fails does not keep the others from running. */
export async function runBenches(
  benches: readonly (Bench & { readonly name: string })[],
  options: RunOptions,
): Promise<number> {
  const sizes = (options.sizes ?? ['100MB', '1GB', '4GB']).map(parseSize).toSorted((a, b) => a - b);
  const runs = Math.max(3, Number(options.runs ?? 3));
  const say = (text: string): void => {
    if (!options.jsonOnly) process.stderr.write(`${text}\n`);
  };
  const results: BenchResult[] = [];
  let failed = 0;
  for (const { name, run } of benches) {
    const keep = (result: BenchResult): BenchResult => {
      results.push(result);
      say(
        `  ${result.case}: ${result.median} ${result.unit}${result.ratio === null ? '' : ` (${result.ratio}× ${result.peer})`}`,
      );
      return result;
    };
    const context: BenchContext = {
      sizes,
      runs,
      say: (text) => say(`  ${text}`),
      record: (figures) => keep(compare(name, figures)),
      measure: async (measurement) => {
        const ours: number[] = [];
        const theirs: number[] = [];
        for (let index = 0; index < (measurement.runs ?? runs); index++) {
          ours.push(await measurement.subject(index));
          if (measurement.peer !== undefined) theirs.push(await measurement.peer.run(index));
        }
        const peer = measurement.peer === undefined ? undefined : { name: measurement.peer.name, runs: theirs };
        return keep(
          compare(name, {
            case: measurement.case,
            unit: measurement.unit,
            runs: ours,
            ...(measurement.moreIsBetter === true ? { moreIsBetter: true } : {}),
            ...(peer === undefined ? {} : { peer }),
          }),
        );
      },
    };
    say(`\n${name}`);
    try {
      await run(context);
    } catch (error) {
      failed++;
      process.stderr.write(
        `${name} failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
      );
    }
  }
  if (!options.jsonOnly && results.length > 0) process.stdout.write(`\n${table(results)}\n\n`);
  for (const result of results) process.stdout.write(`${JSON.stringify(result)}\n`);
  return failed === 0 ? 0 : 1;
}
