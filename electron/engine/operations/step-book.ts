import { z } from 'zod';
import type { StepView } from '../../../shared/contract/operations.ts';
import type { Clock } from '../platform/clock.ts';
import { type Journal, type Phase, type StepRow, stepView } from './journal.ts';
import type { StepContext, StepOptions } from './types.ts';

export interface StepBookDeps {
  readonly journal: Journal;
  readonly clock: Clock;
  readonly operationId: string;
  /** The end of this life: steps cut off by it stay begun in the journal. */
  readonly closing: AbortSignal;
  /** `soon`: progress only, may be coalesced. */
  readonly onChange: (soon: boolean) => void;
  /** `begin name` / `end name`, right after it is on disk. */
  readonly onJournal?: (point: string) => void;
}

/** The steps of one operation: journal and live view in one place. */
export interface StepBook {
  run<T>(
    name: string,
    options: StepOptions<T>,
    signal: AbortSignal,
    body: (step: StepContext) => Promise<T>,
  ): Promise<T>;
  undo(name: string, title: string, signal: AbortSignal, body: (step: StepContext) => Promise<void>): Promise<void>;
  recorded<T>(name: string, result: z.ZodType<T>): T | undefined;
  begun(name: string): boolean;
  note(text: string): void;
  views(): StepView[];
  /** The operation ended: nothing runs any more. */
  settle(): void;
}

const notesSchema = z.array(z.string());

/** What an unfinished step noted in an earlier life. */
function notesOf(row: StepRow | undefined): Set<string> {
  if (row === undefined || row.state === 'done' || row.result === null) return new Set();
  return new Set(notesSchema.safeParse(JSON.parse(row.result)).data);
}

export function createStepBook(deps: StepBookDeps): StepBook {
  const { journal, clock, operationId } = deps;
  const rows = new Map<string, StepRow>(journal.steps(operationId).map((row) => [`${row.phase}:${row.name}`, row]));
  const views = new Map<string, StepView>([...rows].map(([key, row]) => [key, stepView(row)]));
  const now = (): string => clock.now().toISOString();

  function update(key: string, change: Partial<StepView>, soon: boolean): void {
    const current = views.get(key);
    if (current !== undefined) views.set(key, { ...current, ...change });
    deps.onChange(soon);
  }

  async function execute<T>(
    phase: Phase,
    name: string,
    title: string,
    signal: AbortSignal,
    body: (step: StepContext) => Promise<T>,
  ): Promise<T> {
    const key = `${phase}:${name}`;
    signal.throwIfAborted();
    const startedAt = now();
    journal.beginStep(operationId, phase, name, title, startedAt);
    const row: StepRow = {
      phase,
      name,
      title,
      state: 'running',
      started_at: startedAt,
      ended_at: null,
      result: rows.get(key)?.result ?? null,
    };
    const notes = notesOf(rows.get(key));
    rows.set(key, row);
    views.set(key, stepView(row));
    deps.onJournal?.(`begin ${name}`);
    deps.onChange(false);
    try {
      const result = await body({
        signal,
        progress: (done, total, unit) => update(key, { progress: { done, total, unit } }, true),
        detail: (text) => update(key, { detail: text }, true),
        log: (text) => journal.log(operationId, title, text, now()),
        note(text) {
          notes.add(text);
          journal.noteStep(operationId, phase, name, [...notes]);
          rows.set(key, { ...row, result: JSON.stringify([...notes]) });
        },
        noted: (text) => notes.has(text),
        parts: (parts) => update(key, { parts: parts.slice(0, 100) }, true),
      });
      const endedAt = now();
      journal.endStep(operationId, phase, name, 'done', result, endedAt);
      rows.set(key, {
        ...row,
        state: 'done',
        ended_at: endedAt,
        result: result === undefined ? null : JSON.stringify(result),
      });
      deps.onJournal?.(`end ${name}`);
      update(key, { state: 'done', endedAt }, false);
      return result;
    } catch (error) {
      if (!deps.closing.aborted) {
        const endedAt = now();
        // What it noted still counts when the work is taken up in this life, after the engine came back.
        const noted = notes.size === 0 ? undefined : [...notes];
        journal.endStep(operationId, phase, name, 'failed', noted, endedAt);
        rows.set(key, {
          ...row,
          state: 'failed',
          ended_at: endedAt,
          result: noted === undefined ? null : JSON.stringify(noted),
        });
        journal.log(operationId, title, error instanceof Error ? error.message : String(error), endedAt);
        update(key, { state: 'failed', endedAt }, false);
      }
      throw error;
    }
  }

  const parse = <T>(row: StepRow | undefined, schema: z.ZodType<T>): { readonly value: T } | undefined => {
    if (row?.state !== 'done') return undefined;
    const parsed = schema.safeParse(row.result === null ? undefined : JSON.parse(row.result));
    return parsed.success ? { value: parsed.data } : undefined;
  };

  return {
    async run(name, options, signal, body) {
      const before = parse(rows.get(`run:${name}`), options.result);
      if (before !== undefined) return before.value;
      return execute('run', name, options.title, signal, body);
    },
    async undo(name, title, signal, body) {
      if (rows.get(`undo:${name}`)?.state === 'done') return;
      await execute('undo', name, title, signal, body);
    },
    recorded: (name, schema) => parse(rows.get(`run:${name}`), schema)?.value,
    begun: (name) => rows.has(`run:${name}`),
    note: (text) => journal.log(operationId, null, text, now()),
    views: () => [...views.values()],
    settle() {
      for (const [key, view] of views) {
        if (view.state === 'running') views.set(key, { ...view, state: 'failed', endedAt: now() });
      }
    },
  };
}
