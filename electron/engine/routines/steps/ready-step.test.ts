import { describe, expect, it } from 'vitest';
import { AppError } from '../../../../shared/errors.ts';
import { bareStep } from '../../../../test/support/bare-step.ts';
import { virtualClock } from '../../../../test/support/watch-bed.ts';
import { healthStep } from './health-step.ts';
import { readyStep } from './ready-step.ts';
import type { ReadyLook } from './service-checks.ts';

const ready = (name: string): ReadyLook => ({
  name,
  health: 'healthy',
  reason: null,
  up: true,
  stays: false,
  ready: true,
});
const starting = (name: string): ReadyLook => ({
  ...ready(name),
  health: 'starting',
  reason: 'Not yet.',
  ready: false,
});
const ended = (name: string): ReadyLook => ({
  ...ready(name),
  health: 'down',
  reason: 'Ended with 1.',
  up: false,
  stays: true,
  ready: false,
});

/** What is seen in one round after the other; the last stays. */
function bed(...rounds: readonly (readonly ReadyLook[])[]) {
  const clock = virtualClock();
  let round = -1;
  const checks = {
    async look() {
      round = Math.min(round + 1, rounds.length - 1);
      return rounds[round] ?? [];
    },
  };
  return { clock, checks, step: readyStep(checks, clock) };
}

describe('waiting until everything is ready', () => {
  it('says of each when it was', async () => {
    const { clock, step } = bed([ready('db'), starting('api')], [ready('db'), ready('api')]);
    const fake = bareStep();
    const run = step.run({}, fake.context);
    await clock.pass(500);
    expect(await run).toEqual({
      result: '2 of 2 services healthy, the last after 400 ms',
      headline: '2 of 2 services healthy',
    });
    expect(fake.output()).toBe('db is ready after 0 ms\napi is ready after 400 ms\n');
  });

  it('does not wait for what has ended for good', async () => {
    const { clock, step } = bed([ready('db'), ended('api')]);
    const fake = bareStep();
    const run = step.run({}, fake.context);
    const failed = expect(run).rejects.toMatchObject({
      code: 'routine.step-failed',
      message: '1 of 2 services are not ready – api: Ended with 1.',
    });
    await clock.pass(2000);
    await failed;
    expect(fake.reasons).toMatchObject([
      { kind: 'blocker', title: 'api is not ready', service: 'api', detail: 'Ended with 1.' },
    ]);
  });

  it('waits for what may come back, and for what it was asked for only', async () => {
    const { clock, step } = bed(
      [ended('api'), starting('db')],
      [ended('api'), starting('db')],
      [starting('api'), ready('db')],
    );
    const run = step.run({ services: ['db'] }, bareStep().context);
    await clock.pass(1000);
    expect((await run).headline).toBe('1 of 1 services healthy');
  });

  it('says what is missing when the time is over', async () => {
    const { clock, step } = bed([ready('db'), starting('api')]);
    const fake = bareStep();
    const failed = expect(step.run({}, fake.context)).rejects.toMatchObject({
      message: '1 of 2 services are not ready – api: Not yet.',
    });
    await clock.pass(5000);
    fake.abort(new AppError({ code: 'operation.timeout', message: 'Too long.', remedy: '' }));
    await failed;
    expect(fake.reasons).toHaveLength(1);
  });

  it('ends with the reason when it is cancelled', async () => {
    const { clock, step } = bed([starting('api')]);
    const fake = bareStep();
    const reason = new AppError({ code: 'operation.cancelled', message: 'Left off.', remedy: '' });
    const failed = expect(step.run({}, fake.context)).rejects.toBe(reason);
    await clock.pass(1000);
    fake.abort(reason);
    await failed;
  });
});

describe('one look at health', () => {
  it('says what is not healthy, and stands in the way only where that is wanted', async () => {
    const { checks } = bed([ready('db'), ended('api')]);
    const fake = bareStep();
    expect(await healthStep(checks).run({}, fake.context)).toEqual({
      result: '1 of 2 services healthy; api: Ended with 1.',
    });
    expect(fake.reasons).toEqual([]);
    expect(await healthStep(checks).run({ require: true }, fake.context)).toMatchObject({
      headline: '1 of 2 services healthy',
    });
    expect(fake.reasons).toMatchObject([{ kind: 'blocker', service: 'api' }]);
  });
});
