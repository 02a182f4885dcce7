import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { OperationView } from '../../../shared/contract/operations.ts';
import { AppError } from '../../../shared/errors.ts';
import { systemClock } from '../platform/clock.ts';
import { type Database, openDatabase } from '../storage/database.ts';
import { createJournal } from './journal.ts';
import { createOperations, type OperationsRunner } from './runner.ts';
import type { OperationKind } from './types.ts';

const never = new AbortController().signal;
const forever = new Promise<never>(() => undefined);

interface World {
  /** What a user would see: each effect that is in place. */
  readonly effects: Set<string>;
}

/** A kind whose steps put effects into a world, with the point of no return before step `commitAt`. */
function kind(
  world: World,
  steps: number,
  commitAt: number,
  fail?: (step: number) => void,
): OperationKind<{ env: string }> {
  return {
    kind: 'test.work',
    input: z.object({ env: z.string() }),
    title: () => 'Work',
    environmentId: (input) => input.env,
    async run(_input, context) {
      for (let index = 0; index < steps; index += 1) {
        if (index === commitAt) context.pointOfNoReturn();
        await context.step(`s${index}`, { title: `Step ${index}`, result: z.number() }, async () => {
          fail?.(index);
          world.effects.add(`e${index}`);
          return index;
        });
      }
      return { summary: 'Worked.' };
    },
    async undo(_input, context) {
      for (let index = steps - 1; index >= 0; index -= 1) {
        if (!context.begun(`s${index}`)) continue;
        await context.step(`u${index}`, `Undo ${index}`, async () => {
          world.effects.delete(`e${index}`);
        });
      }
    },
  };
}

function life(
  database: Database,
  kinds: OperationKind<{ env: string }>[],
  onJournal?: (point: string) => void,
): { operations: OperationsRunner; seen: OperationView[] } {
  const seen: OperationView[] = [];
  const operations = createOperations({
    journal: createJournal(database),
    clock: systemClock,
    onChange: (view) => seen.push(view),
    onRemoved: () => undefined,
    engineAvailable: async () => undefined,
    ...(onJournal === undefined ? {} : { onJournal }),
  });
  operations.register(kinds as unknown as OperationKind<never>[]);
  return { operations, seen };
}

describe('operations', () => {
  it('runs the steps in order and says how it ended', async () => {
    const world: World = { effects: new Set() };
    const work = kind(world, 3, 2);
    const { operations } = life(openDatabase(':memory:'), [work]);
    const { operationId } = operations.start(work, { env: 'a/main' });
    const view = await operations.settled(operationId, never);
    expect(view).toMatchObject({ state: 'done', summary: 'Worked.', error: null, cancellable: false });
    expect(view.steps.map((step) => [step.name, step.state])).toEqual([
      ['run:s0', 'done'],
      ['run:s1', 'done'],
      ['run:s2', 'done'],
    ]);
    expect([...world.effects]).toEqual(['e0', 'e1', 'e2']);
  });

  it('undoes a failure and reports the failure, not the undo', async () => {
    const world: World = { effects: new Set() };
    const work = kind(world, 3, 9, (step) => {
      if (step === 2) throw new AppError({ code: 'docker.refused', message: 'No.', remedy: 'Ask nicely.' });
    });
    const { operations } = life(openDatabase(':memory:'), [work]);
    const view = await operations.settled(operations.start(work, { env: 'a/main' }).operationId, never);
    expect(view).toMatchObject({ state: 'failed', error: { code: 'docker.refused' } });
    expect([...world.effects]).toEqual([]);
  });

  it('runs one operation per environment at a time and environments side by side', async () => {
    let running = 0;
    const peak: Record<string, number> = {};
    const byEnvironment: Record<string, number> = {};
    const gate: (() => void)[] = [];
    const slow: OperationKind<{ env: string }> = {
      kind: 'test.slow',
      input: z.object({ env: z.string() }),
      title: () => 'Slow',
      environmentId: (input) => input.env,
      async run(input) {
        running += 1;
        byEnvironment[input.env] = (byEnvironment[input.env] ?? 0) + 1;
        peak[input.env] = Math.max(peak[input.env] ?? 0, byEnvironment[input.env] ?? 0);
        peak['all'] = Math.max(peak['all'] ?? 0, running);
        await new Promise<void>((resolve) => gate.push(resolve));
        byEnvironment[input.env] = (byEnvironment[input.env] ?? 0) - 1;
        running -= 1;
        return { summary: '' };
      },
      undo: async () => undefined,
    };
    const { operations } = life(openDatabase(':memory:'), [slow]);
    const ids = ['a/main', 'a/main', 'b/main'].map((env) => operations.start(slow, { env }).operationId);
    let ended = 0;
    const all = Promise.all(ids.map((id) => operations.settled(id, never).then(() => (ended += 1))));
    while (ended < ids.length) {
      gate.shift()?.();
      await new Promise((resolve) => setImmediate(resolve));
    }
    await all;
    expect(peak).toEqual({ 'a/main': 1, 'b/main': 1, all: 2 });
  });

  it('cancels before the point of no return, refuses after it', async () => {
    const world: World = { effects: new Set() };
    let release: () => void = () => undefined;
    const waiting: OperationKind<{ env: string }> = {
      ...kind(world, 1, 9),
      async run(_input, context) {
        await context.step(
          'wait',
          { title: 'Wait', result: z.void() },
          (step) =>
            new Promise<void>((resolve, reject) => {
              release = resolve;
              step.signal.addEventListener('abort', () => reject(step.signal.reason));
            }),
        );
        context.pointOfNoReturn();
        await context.step(
          'wait more',
          { title: 'Wait', result: z.void() },
          () => new Promise<void>((resolve) => (release = resolve)),
        );
        return { summary: 'Waited.' };
      },
      undo: async () => undefined,
    };
    const { operations } = life(openDatabase(':memory:'), [waiting]);
    const first = operations.start(waiting, { env: 'a/main' }).operationId;
    await expect.poll(() => operations.get(first).steps.length).toBe(1);
    operations.cancel(first);
    expect(await operations.settled(first, never)).toMatchObject({
      state: 'cancelled',
      error: { code: 'operation.cancelled' },
    });
    const second = operations.start(waiting, { env: 'a/main' }).operationId;
    await expect.poll(() => operations.get(second).steps.length).toBe(1);
    release();
    await expect.poll(() => operations.get(second).steps.length).toBe(2);
    expect(() => operations.cancel(second)).toThrowError(/no longer be cancelled/);
    release();
    expect(await operations.settled(second, never)).toMatchObject({ state: 'done' });
  });

  it('does not run in a later life what was cancelled while it was queued', async () => {
    const world: World = { effects: new Set() };
    const work = kind(world, 1, 9);
    const stuck: OperationKind<{ env: string }> = { ...work, kind: 'test.stuck', run: () => forever };
    const database = openDatabase(':memory:');
    const { operations } = life(database, [work, stuck]);
    const first = operations.start(stuck, { env: 'a/main' }).operationId;
    await expect.poll(() => operations.get(first).state).toBe('running');
    const { operationId } = operations.start(work, { env: 'a/main' });
    expect(operations.cancel(operationId)).toMatchObject({ state: 'cancelled', cancellable: false });
    expect(operations.busy().map((each) => each.kind)).toEqual(['test.stuck']);
    const next = life(database, [work, stuck]).operations;
    next.recover();
    await Promise.all(next.busy().map((each) => next.settled(each.id, never)));
    expect(next.get(operationId).state).toBe('cancelled');
    expect([...world.effects]).toEqual([]);
  });

  it('takes up what had begun before what was queued behind it, even when the clock was set back', async () => {
    const order: string[] = [];
    const work: OperationKind<{ env: string }> = {
      ...kind({ effects: new Set() }, 0, 9),
      run: async () => {
        order.push('run');
        return { summary: '' };
      },
      undo: async () => void order.push('undo'),
    };
    const database = openDatabase(':memory:');
    const journal = createJournal(database);
    const row = { kind: work.kind, environment_id: 'a/main', title: 'Work', input: '{"env":"a/main"}' };
    journal.insert({ ...row, id: 'begun', created_at: '2025-02-03T10:00:00.000Z' });
    journal.setState('begun', 'running', '2025-02-03T10:00:00.000Z');
    journal.insert({ ...row, id: 'queued', created_at: '2025-02-03T09:00:00.000Z' });
    const { operations } = life(database, [work]);
    operations.recover();
    await operations.settled('queued', never);
    expect(order).toEqual(['undo', 'run']);
  });

  it('says who started it, in the next life too, and finds what one of them started', async () => {
    const work = kind({ effects: new Set() }, 1, 0);
    const database = openDatabase(':memory:');
    const first = life(database, [work]).operations;
    const recovery = { who: 'recovery', reason: 'it is down (attempt 1)', service: 'api' } as const;
    const started = [recovery, { who: 'user', reason: null, service: null } as const, undefined].map(
      (by) => first.start(work, { env: 'a/main' }, by).operationId,
    );
    for (const id of started) await first.settled(id, never);
    await first.close();
    const second = life(database, [work]).operations;
    expect(started.map((id) => second.get(id).startedBy?.who ?? null)).toEqual(['recovery', 'user', null]);
    expect(second.get(started[0] ?? '').startedBy).toEqual(recovery);
    const byItself = second.list(10, { startedBy: ['recovery', 'routine'], all: true });
    expect(byItself.map(({ id }) => id)).toEqual([started[0]]);
    expect(second.list(10, { all: true })).toHaveLength(3);
  });

  it('tells the kind that it was cut off when the engine was lost', async () => {
    const resumed: boolean[] = [];
    const work: OperationKind<{ env: string }> = {
      ...kind({ effects: new Set() }, 0, 0),
      async run(_input, context) {
        resumed.push(context.resumed);
        context.pointOfNoReturn();
        if (resumed.length === 1) throw new AppError({ code: 'docker.gone', message: 'Gone.', remedy: 'Start it.' });
        return { summary: 'Worked.' };
      },
    };
    const { operations } = life(openDatabase(':memory:'), [work]);
    const view = await operations.settled(operations.start(work, { env: 'a/main' }).operationId, never);
    expect(view.state).toBe('done');
    expect(resumed).toEqual([false, true]);
  });

  it('waits for a lost engine and then finishes what was past the point of no return', async () => {
    const world: World = { effects: new Set() };
    let losses = 2;
    const work = kind(world, 3, 1, (step) => {
      if (step === 2 && losses > 0) {
        losses -= 1;
        throw new AppError({ code: 'docker.gone', message: 'Gone.', remedy: 'Start it.' });
      }
    });
    const { operations } = life(openDatabase(':memory:'), [work]);
    const view = await operations.settled(operations.start(work, { env: 'a/main' }).operationId, never);
    expect(view.state).toBe('done');
    expect([...world.effects].sort()).toEqual(['e0', 'e1', 'e2']);
  });

  it('property: a life cut off at any journal entry, any number of times, ends before or after, never between', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: 0, max: 6 }),
        fc.array(fc.integer({ min: 1, max: 14 }), { maxLength: 4 }),
        async (steps, commitAt, cuts) => {
          const world: World = { effects: new Set() };
          const database = openDatabase(':memory:');
          let id = '';
          for (const cut of [...cuts, Number.POSITIVE_INFINITY]) {
            let entries = 0;
            let dead = false;
            // From the cut on nothing of this life gets any further, as after kill -9.
            const guard = (): Promise<void> => (dead ? forever : Promise.resolve());
            const base = kind(world, steps, commitAt);
            const mortal: OperationKind<{ env: string }> = {
              ...base,
              run: (input, context) =>
                base.run(input, {
                  ...context,
                  step: async (name, options, body) => {
                    await guard();
                    return context.step(name, options, async (step) => {
                      await guard();
                      const result = await body(step);
                      await guard();
                      return result;
                    });
                  },
                }),
              undo: (input, context) =>
                base.undo(input, {
                  ...context,
                  step: async (name, title, body) => {
                    await guard();
                    return context.step(name, title, async (step) => {
                      await guard();
                      await body(step);
                      await guard();
                    });
                  },
                }),
            };
            const { operations } = life(database, [mortal], () => {
              entries += 1;
              if (entries >= cut) dead = true;
            });
            if (id === '') id = operations.start(mortal, { env: 'a/main' }).operationId;
            else operations.recover();
            await Promise.race([operations.settled(id, never), untilDead(() => dead)]);
          }
          const row = createJournal(database).row(id);
          const expected = row?.state === 'done' ? Array.from({ length: steps }, (_, index) => `e${index}`) : [];
          expect(['done', 'failed']).toContain(row?.state);
          expect([...world.effects].sort()).toEqual(expected);
        },
      ),
      { numRuns: 150 },
    );
  });
});

async function untilDead(dead: () => boolean): Promise<void> {
  while (!dead()) await new Promise((resolve) => setImmediate(resolve));
  // Let what was already on its way come to rest.
  for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
