import { describe, expect, it } from 'vitest';
import type { OperationView } from '../../../shared/contract/operations.ts';
import { AppError } from '../../../shared/errors.ts';
import { bedEnvironment, planned, routineBed } from '../../../test/support/routine-bed.ts';
import type { StepContext } from './step-types.ts';

const never = ({ signal }: StepContext): Promise<never> =>
  new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
const failing =
  (code: 'routine.step-failed' | 'operation.interrupted' = 'routine.step-failed') =>
  async () => {
    throw new AppError({ code, message: 'It broke.', remedy: 'Mend it.' });
  };
/** Lets go when told. */
function gate() {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { open: () => open(), opened };
}

describe('a run', () => {
  it('starts what nothing keeps, side by side, and says how it came out', async () => {
    const order: string[] = [];
    const both = gate();
    const bed = routineBed({
      a: async () => {
        order.push('a');
        if (order.includes('b')) both.open();
        await both.opened;
        return { result: 'a done' };
      },
      b: async () => {
        order.push('b');
        if (order.includes('a')) both.open();
        await both.opened;
        return { result: 'b done', headline: '2 of 2 services healthy' };
      },
      c: async (step) => {
        step.output('hello\n');
        step.remark({ kind: 'remark', title: '3 commits behind', detail: null, remedy: null, service: null });
        order.push('c');
        return { result: 'c done' };
      },
    });
    const id = bed.start([planned('a'), planned('b'), planned('c', ['a', 'b'])]);
    const run = await bed.ended(id);
    expect(order.at(-1)).toBe('c');
    expect(run.verdict).toMatchObject({ kind: 'remarks', sentence: 'Done – 2 of 2 services healthy, 1 remark' });
    expect(run.steps.map(({ state }) => state)).toEqual(['done', 'done', 'done']);
    expect(bed.store.output(id, 'c')).toBe('hello\n');
    expect(bed.journal.indexOf('running morning/c')).toBeGreaterThan(bed.journal.indexOf('done morning/b'));
  });

  it('goes one by one when told to', async () => {
    let under = 0;
    let most = 0;
    const work = async () => {
      under += 1;
      most = Math.max(most, under);
      await new Promise((resolve) => setTimeout(resolve, 5));
      under -= 1;
      return { result: 'done' };
    };
    const bed = routineBed({ a: work, b: work, c: work });
    const plan = [planned('a'), planned('b'), planned('c')];
    await bed.ended(bed.start(plan, { sequential: true }));
    expect(most).toBe(1);
    await bed.ended(bed.start(plan));
    expect(most).toBe(3);
  });

  it('blocks what needs a step that failed, and goes on when that is retried', async () => {
    let tries = 0;
    const bed = routineBed({
      a: async () => {
        tries += 1;
        if (tries === 1) throw new AppError({ code: 'routine.step-failed', message: 'No net.', remedy: 'Plug in.' });
        return { result: 'fetched' };
      },
    });
    const id = bed.start([planned('a'), planned('b', ['a']), planned('c')]);
    const first = await bed.ended(id);
    expect(first.steps.map(({ state }) => state)).toEqual(['failed', 'blocked', 'done']);
    expect(first.verdict).toMatchObject({ kind: 'not-ready', sentence: 'Not done – a failed' });
    expect(first.steps[0]?.can).toMatchObject({ retry: true, skip: true });
    bed.runner.retry(id, 'a');
    const second = await bed.ended(id);
    expect(second.steps.map(({ state }) => state)).toEqual(['done', 'done', 'done']);
    expect(second.verdict?.kind).toBe('ready');
  });

  it('skips what the user does not want, and does what follows', async () => {
    const bed = routineBed({ a: failing() });
    const id = bed.start([planned('a'), planned('b', ['a'])]);
    await bed.ended(id);
    bed.runner.skip(id, 'a');
    const run = await bed.ended(id);
    expect(run.steps.map(({ state }) => state)).toEqual(['skipped', 'done']);
    expect(run.verdict).toMatchObject({ kind: 'remarks' });
    expect(() => bed.runner.skip(id, 'b')).toThrow(/cannot be skipped/);
    expect(() => bed.runner.retry(id, 'x')).toThrow(/no step x/);
  });

  it('tries again by itself, with longer and longer pauses', async () => {
    let tries = 0;
    const bed = routineBed({
      a: async () => {
        tries += 1;
        if (tries < 3) throw new Error('not yet');
        return { result: 'at last' };
      },
    });
    const id = bed.start([planned('a', [], { retries: { times: 2, pauseMs: 3 } })]);
    const run = await bed.ended(id);
    expect(run.steps[0]).toMatchObject({ state: 'done', attempts: 3, result: 'at last' });
  });

  it('does not try again what was cut off', async () => {
    const bed = routineBed({ a: failing('operation.interrupted') });
    const run = await bed.ended(bed.start([planned('a', [], { retries: { times: 5, pauseMs: 1 } })]));
    expect(run.steps[0]).toMatchObject({ state: 'failed', attempts: 1 });
  });

  it('makes a remark of the failure of an optional step, and goes on', async () => {
    const bed = routineBed({ a: failing() });
    const run = await bed.ended(bed.start([planned('a', [], { optional: true }), planned('b', ['a'])]));
    expect(run.steps.map(({ state }) => state)).toEqual(['failed', 'done']);
    expect(run.verdict).toMatchObject({
      kind: 'remarks',
      reasons: [{ kind: 'remark', step: 'a', detail: 'It broke.' }],
    });
  });

  it('ends a step at its timeout, and cancels all of it when told to', async () => {
    const bed = routineBed({ a: never, b: never });
    const slow = await bed.ended(bed.start([planned('a', [], { timeoutMs: 20 })]));
    expect(slow.steps[0]?.error).toMatchObject({ code: 'operation.timeout' });
    const id = bed.start([planned('b'), planned('c', ['b'])]);
    await bed.reaches(id, 'b', 'running');
    bed.runner.cancel(id);
    const run = await bed.ended(id);
    expect(run.steps.map(({ state }) => state)).toEqual(['cancelled', 'cancelled']);
    expect(run.verdict).toMatchObject({ kind: 'cancelled', sentence: 'Cancelled – 0 of 2 steps done' });
    bed.runner.retry(id, 'b');
    await bed.reaches(id, 'b', 'running');
    bed.runner.cancel(id);
    await bed.ended(id);
  });

  it('refuses a second one of the same environment', async () => {
    const bed = routineBed({ a: never });
    const id = bed.start([planned('a')]);
    await bed.reaches(id, 'a', 'running');
    expect(() => bed.start([planned('b')])).toThrow(expect.objectContaining({ code: 'routine.busy' }));
    bed.runner.cancel(id);
    await bed.ended(id);
    await bed.ended(bed.start([planned('b')]));
  });

  it('starts nothing more once its budget is used up, and leaves alone what changes something', async () => {
    const finish = gate();
    const bed = routineBed({
      works: () => finish.opened.then(() => ({ result: 'worked' })),
      looks: never,
    });
    const id = bed.start([planned('works'), planned('looks', [], { looksOnly: true }), planned('next', ['works'])], {
      budgetMs: 30,
    });
    await bed.reaches(id, 'looks', 'blocked');
    expect(bed.stateOf(id, 'works')).toBe('running');
    finish.open();
    const run = await bed.ended(id);
    expect(run.steps.map(({ state }) => state)).toEqual(['done', 'blocked', 'blocked']);
    expect(run.verdict).toMatchObject({ kind: 'not-ready', sentence: 'Not done – the time budget was used up' });
  });

  it('goes by conditions', async () => {
    const bed = routineBed({}, { facts: { files: 3 } });
    const run = await bed.ended(
      bed.start([planned('a', [], { if: 'files > 2' }), planned('b', [], { if: 'files > 3' }), planned('c', ['b'])]),
    );
    expect(run.steps.map(({ state, result }) => [state, result])).toEqual([
      ['done', 'a done'],
      ['skipped', 'Not needed: files is 3, not more than 3.'],
      ['done', 'c done'],
    ]);
  });
});

describe('a question', () => {
  const question = {
    kind: 'choice' as const,
    text: 'Start Docker?',
    detail: [],
    choices: [
      { id: 'yes', label: 'Start', danger: false },
      { id: 'no', label: 'No', danger: false },
    ],
  };

  it('keeps nobody waiting but the step that asks', async () => {
    const bed = routineBed({
      a: async (step) => {
        const answer = await step.ask(question);
        return { result: answer.kind === 'choice' ? answer.id : '?' };
      },
    });
    const id = bed.start([planned('a', [], { timeoutMs: 30 }), planned('b')], { budgetMs: 40 });
    await bed.reaches(id, 'a', 'asking');
    await bed.reaches(id, 'b', 'done');
    // Neither the step's time nor the run's goes on meanwhile.
    await new Promise((resolve) => setTimeout(resolve, 80));
    expect(bed.runner.get(id).steps[0]).toMatchObject({ state: 'asking', question: { text: 'Start Docker?' } });
    expect(() => bed.runner.answer(id, 'a', { kind: 'choice', id: 'maybe' })).toThrow(/no choice maybe/);
    expect(() => bed.runner.answer(id, 'b', { kind: 'choice', id: 'yes' })).toThrow(/asks nothing/);
    bed.runner.answer(id, 'a', { kind: 'choice', id: 'yes' });
    expect((await bed.ended(id)).steps[0]).toMatchObject({ state: 'done', result: 'yes', question: null });
  });

  it('is asked before a step that says so, and no skips it', async () => {
    const bed = routineBed({});
    const id = bed.start([planned('a', [], { ask: true }), planned('b', ['a'])]);
    await bed.reaches(id, 'a', 'asking');
    bed.runner.answer(id, 'a', { kind: 'choice', id: 'no' });
    const run = await bed.ended(id);
    expect(run.steps.map(({ state, result }) => [state, result])).toEqual([
      ['skipped', 'Not wanted.'],
      ['done', 'b done'],
    ]);
  });
});

describe('another life of the engine', () => {
  it('goes on where the one before ended', async () => {
    const seen: unknown[] = [];
    const first = routineBed({
      a: async (step) => {
        step.keep({ half: true });
        return never(step);
      },
    });
    const plan = [planned('a'), planned('b', ['a'])];
    const id = first.start(plan);
    await first.reaches(id, 'a', 'running');
    await first.runner.close();
    const second = routineBed(
      {
        a: async (step) => {
          seen.push(step.kept, step.attempt);
          return { result: 'went on' };
        },
      },
      { database: first.database },
    );
    second.runner.recover();
    const run = await second.ended(id);
    expect(seen).toEqual([{ half: true }, 1]);
    expect(run).toMatchObject({ resumed: true, verdict: { kind: 'ready' } });
    expect(run.steps.map(({ result }) => result)).toEqual(['went on', 'b done']);
  });

  it('asks again what was not answered, and not what was', async () => {
    const ask = (text: string) => ({
      kind: 'choice' as const,
      text,
      detail: [],
      choices: [{ id: 'yes', label: 'Yes', danger: false }],
    });
    const asking = async (step: StepContext) => {
      await step.ask(ask('First?'));
      await step.ask(ask('Second?'));
      return { result: 'both answered' };
    };
    const first = routineBed({ a: asking });
    const id = first.start([planned('a')]);
    await first.reaches(id, 'a', 'asking');
    first.runner.answer(id, 'a', { kind: 'choice', id: 'yes' });
    await first.reaches(id, 'a', 'asking');
    await first.runner.close();
    const second = routineBed({ a: asking }, { database: first.database });
    second.runner.recover();
    await second.reaches(id, 'a', 'asking');
    expect(second.runner.get(id).steps[0]?.question?.text).toBe('Second?');
    second.runner.answer(id, 'a', { kind: 'choice', id: 'yes' });
    expect((await second.ended(id)).steps[0]?.result).toBe('both answered');
  });

  it('follows the operation of the life before, and starts another only when that one was undone', async () => {
    const started: string[] = [];
    const ends = new Map<string, Partial<OperationView>>();
    const operations = {
      cancel: () => undefined,
      list: () => [],
      settled: async (id: string, signal: AbortSignal) => {
        const end = ends.get(id);
        if (end === undefined)
          return new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
        return { id, title: id, error: null, ...end } as OperationView;
      },
    };
    const work = {
      a: async (step: StepContext) => {
        const view = await step.operate(async () => {
          const operationId = `op${started.length + 1}`;
          started.push(operationId);
          return { operationId };
        });
        return { result: view.summary ?? '' };
      },
    };
    const first = routineBed(work, { operations });
    const id = first.start([planned('a')]);
    await first.reaches(id, 'a', 'running');
    await new Promise((resolve) => setTimeout(resolve, 5));
    await first.runner.close();
    expect(started).toEqual(['op1']);
    ends.set('op1', { state: 'done', summary: 'Started.' });
    const second = routineBed(work, { operations, database: first.database });
    second.runner.recover();
    expect((await second.ended(id)).steps[0]).toMatchObject({ state: 'done', result: 'Started.', operationId: 'op1' });
    expect(started).toEqual(['op1']);

    const other = first.store;
    expect(other.list({ environmentId: bedEnvironment, limit: 5 })).toHaveLength(1);
    ends.clear();
    const third = routineBed(work, { operations, database: first.database });
    const again = third.start([planned('a')]);
    await third.reaches(again, 'a', 'running');
    await new Promise((resolve) => setTimeout(resolve, 5));
    await third.runner.close();
    ends.set('op2', {
      state: 'failed',
      error: { code: 'operation.interrupted', message: 'Golden Hour ended.', remedy: 'Again.' },
    });
    ends.set('op3', { state: 'done', summary: 'Started again.' });
    const fourth = routineBed(work, { operations, database: first.database });
    fourth.runner.recover();
    expect((await fourth.ended(again)).steps[0]).toMatchObject({ state: 'done', result: 'Started again.' });
    expect(started).toEqual(['op1', 'op2', 'op3']);
  });
});
