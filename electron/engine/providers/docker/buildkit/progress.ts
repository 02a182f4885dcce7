import type { Progress } from '../../provider.ts';
import { createLineSplitter, type LineSplitter } from '../lines.ts';
import type { StatusAnswer } from './messages.ts';

/** Lines of one step that a failure shows. */
const keptLines = 40;
/** Lines of output that one build may add to the operation's log. */
const loggedLines = 1000;
const longestLine = 2000;

export interface BuildProgress {
  take(answer: StatusAnswer): void;
  /** Bytes of the context that went to the engine, and that it asked for. */
  sent(bytes: number, asked: number): void;
  /** The step that failed, with its last lines. */
  failed(): { readonly name: string; readonly log: readonly string[] } | undefined;
}

interface Step {
  name: string;
  /** What the user did not write: reading files, fetching descriptions. */
  internal: boolean;
  started: boolean;
  completed: boolean;
  error: string;
  readonly tail: string[];
  readonly lines: LineSplitter;
  /** Downloads of the step: bytes by name. */
  readonly transfers: Map<string, { readonly current: number; readonly total: number }>;
}

/** Turns what BuildKit tells of its steps into the progress of an operation. `secrets` are blotted out of every line. */
export function createBuildProgress(image: string, secrets: readonly string[], progress: Progress): BuildProgress {
  const steps = new Map<string, Step>();
  let logged = 0;
  let shownBytes = 0;
  let current: Step | undefined;

  const clean = (line: string): string =>
    secrets.reduce((text, secret) => text.replaceAll(secret, '***'), line).slice(0, longestLine);
  const log = (line: string): void => {
    logged += 1;
    if (logged <= loggedLines) progress.log(line);
    if (logged === loggedLines + 1) progress.log(`The build of ${image} says more than is kept here.`);
  };
  const stepOf = (digest: string): Step => {
    const known = steps.get(digest);
    if (known !== undefined) return known;
    const tail: string[] = [];
    const lines = createLineSplitter((raw) => {
      // A bar that draws over itself: only what it came to.
      const line = clean(raw.split('\r').at(-1)?.trimEnd() ?? '');
      if (line === '') return;
      tail.push(line);
      if (tail.length > keptLines) tail.shift();
      log(`  ${line}`);
    });
    const made: Step = {
      ...{ name: '', internal: true, started: false, completed: false, error: '' },
      ...{ tail, lines, transfers: new Map() },
    };
    steps.set(digest, made);
    return made;
  };
  const show = (): void => {
    const all = [...steps.values()].filter((step) => step.name !== '');
    // Until the Dockerfile is read nobody knows how many there are.
    const known = all.some((step) => !step.internal);
    progress.progress(all.filter((step) => step.completed).length, known ? all.length : null, 'items');
    if (current === undefined) return;
    progress.detail(`Building ${image}: ${current.name.slice(0, 120)}${transferred(current)}`);
  };

  return {
    take(answer) {
      for (const vertex of answer.vertexes) {
        const step = stepOf(vertex.digest);
        if (vertex.name !== '') {
          step.name = clean(vertex.name);
          step.internal = vertex.name.startsWith('[internal]');
        }
        if (vertex.started !== undefined && !step.started) {
          step.started = true;
          current = step;
          if (!step.internal) log(`${step.name}${vertex.cached ? ' (as before)' : ''}`);
        }
        if (vertex.error !== '') step.error = vertex.error;
        if (vertex.completed !== undefined && !step.completed) {
          step.completed = true;
          step.lines.flush();
        }
      }
      for (const status of answer.statuses) {
        const { transfers } = stepOf(status.vertex);
        if (status.total > 0) transfers.set(status.id, { current: status.current, total: status.total });
      }
      for (const entry of answer.logs) stepOf(entry.vertex).lines.push(Buffer.from(entry.data));
      for (const warning of answer.warnings) log(`Warning: ${clean(Buffer.from(warning.short).toString('utf8'))}`);
      show();
    },
    sent(bytes, asked) {
      // Not for every piece: a listener would have more to do than the transfer.
      if (bytes !== asked && Math.abs(bytes - shownBytes) < Math.max(1_000_000, asked / 100)) return;
      shownBytes = bytes;
      progress.detail(`Building ${image}: sent ${megabytes(bytes)} of ${megabytes(asked)} of the context`);
    },
    failed() {
      // A step that was cut short because another one failed says that it was cancelled.
      const all = [...steps.values()].filter((step) => step.error !== '');
      const step = all.find((each) => !/context canceled/.test(each.error)) ?? all[0];
      if (step === undefined) return undefined;
      step.lines.flush();
      return { name: step.name, log: [...step.tail] };
    },
  };
}

function transferred(step: Step): string {
  if (step.completed || step.transfers.size === 0) return '';
  let [done, total] = [0, 0];
  for (const each of step.transfers.values()) {
    done += each.current;
    total += each.total;
  }
  return ` (${megabytes(done)} of ${megabytes(total)})`;
}

function megabytes(bytes: number): string {
  return bytes < 1_000_000 ? `${Math.ceil(bytes / 1000)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}
