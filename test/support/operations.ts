import type { z } from 'zod';
import type { OperationKind, Outcome, StepContext } from '../../electron/engine/operations/types.ts';

/** Thrown where a process would have died: nothing of it may reach the code under test as an ordinary failure. */
export class Killed extends Error {
  constructor(where: string) {
    super(`killed at ${where}`);
    this.name = 'Killed';
  }
}

/** What outlives a process: the entries of one operation. Results are kept as JSON, as on disk. */
export interface MemoryJournal {
  readonly id: string;
  readonly steps: Map<string, { ended: boolean; result: string | undefined }>;
  readonly notes: Set<string>;
  readonly undone: Set<string>;
  readonly log: string[];
  committed: boolean;
  failed: boolean;
}

export function memoryJournal(id: string): MemoryJournal {
  return { id, steps: new Map(), notes: new Set(), undone: new Set(), log: [], committed: false, failed: false };
}

export interface RunOptions {
  readonly signal?: AbortSignal;
  /** Called after each entry is written (`begin start`, `end start`, `commit`); throws Killed to die there. */
  readonly onEntry?: (entry: string) => void;
}

export type Ended =
  | { readonly state: 'done'; readonly outcome: Outcome }
  | { readonly state: 'failed'; readonly error: unknown };

/** One life of an operation: from its start or from where the journal says it was, to its end or to Killed. */
export async function runOperation<I>(
  kind: OperationKind<I>,
  input: unknown,
  journal: MemoryJournal,
  options: RunOptions = {},
): Promise<Ended> {
  const parsed = kind.input.parse(input);
  const signal = options.signal ?? new AbortController().signal;
  const entry = (text: string): void => options.onEntry?.(text);
  const resumed = journal.steps.size > 0 || journal.committed;
  let failure: unknown = new Error('interrupted');
  if (!journal.failed && (!resumed || journal.committed)) {
    try {
      const outcome = await kind.run(parsed, {
        id: journal.id,
        signal,
        resumed,
        async step(name, { title, result }, run) {
          const before = journal.steps.get(name);
          if (before?.ended === true) return result.parse(readJson(before.result));
          journal.steps.set(name, { ended: false, result: undefined });
          entry(`begin ${name}`);
          const value = await run(stepContext(journal, title, signal));
          journal.steps.set(name, { ended: true, result: JSON.stringify(value) });
          entry(`end ${name}`);
          return value;
        },
        pointOfNoReturn() {
          if (journal.committed) return;
          journal.committed = true;
          entry('commit');
        },
      });
      return { state: 'done', outcome };
    } catch (error) {
      if (isKilled(error)) throw error;
      failure = error;
      if (journal.committed) return { state: 'failed', error };
    }
  }
  journal.failed = true;
  entry('undo');
  const quiet = new AbortController().signal;
  await kind.undo(parsed, {
    id: journal.id,
    signal: quiet,
    recorded: <T>(name: string, schema: z.ZodType<T>) => {
      const found = journal.steps.get(name);
      return found?.ended === true ? schema.parse(readJson(found.result)) : undefined;
    },
    begun: (name) => journal.steps.has(name),
    async step(name, title, run) {
      if (journal.undone.has(name)) return;
      entry(`begin undo ${name}`);
      await run(stepContext(journal, title, quiet));
      journal.undone.add(name);
      entry(`end undo ${name}`);
    },
  });
  return { state: 'failed', error: failure };
}

function isKilled(error: unknown): boolean {
  return error instanceof Killed || (error instanceof Error && isKilled(error.cause) && error.cause !== error);
}

function readJson(text: string | undefined): unknown {
  return text === undefined ? undefined : JSON.parse(text);
}

function stepContext(journal: MemoryJournal, title: string, signal: AbortSignal): StepContext {
  return {
    signal,
    progress: () => undefined,
    detail: () => undefined,
    log: (text) => journal.log.push(`${title}: ${text}`),
    note: (text) => journal.notes.add(`${title}: ${text}`),
    noted: (text) => journal.notes.has(`${title}: ${text}`),
  };
}
