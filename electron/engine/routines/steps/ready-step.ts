import type { z } from 'zod';
import { durationWords } from '../../../../shared/domain/condition-words.ts';
import { stepOptions } from '../../../../shared/domain/step-options.ts';
import { AppError } from '../../../../shared/errors.ts';
import type { Clock } from '../../platform/clock.ts';
import { listed } from '../services.ts';
import type { StepContext, StepImplementation, StepOutcome } from '../step-types.ts';
import type { ReadyLook, ServiceChecks } from './service-checks.ts';

const pollMs = 400;
/** Rounds in which a service has to be seen ended before it is given up. */
const givenUpAfter = 3;

const options = stepOptions.ready;

/** Waits until every service is ready, and says of each when it was. */
export function readyStep(checks: ServiceChecks, clock: Clock): StepImplementation<z.infer<typeof options>> {
  return {
    kind: 'ready',
    options,
    title: () => 'Wait until everything is ready',
    timeoutMs: 180_000,
    looksOnly: true,
    async run({ services }, step): Promise<StepOutcome> {
      const since = clock.monotonic();
      const readyAt = new Map<string, number>();
      const ended = new Map<string, number>();
      let all: readonly ReadyLook[] = [];
      const missing = (): readonly ReadyLook[] => all.filter(({ ready }) => !ready);
      const more = async (): Promise<boolean> => {
        const looks = await checks.look(step.target, step.signal, { probe: true });
        all = services === undefined ? looks : looks.filter(({ name }) => services.includes(name));
        take(all, clock.monotonic() - since, readyAt, ended, step);
        const waiting = missing();
        if (waiting.length === 0) return false;
        if (waiting.every(({ name }) => (ended.get(name) ?? 0) >= givenUpAfter)) throw notReady(waiting, all, step);
        step.detail(`Waiting for ${listed(waiting.map(({ name }) => name))}`);
        step.progress(all.length - waiting.length, all.length, 'items');
        await clock.sleep(pollMs, step.signal);
        return true;
      };
      try {
        while (await more());
      } catch (error) {
        // The time is over: what is missing says more than that.
        const { aborted, reason } = step.signal;
        const late = aborted && reason instanceof AppError && reason.code === 'operation.timeout';
        throw late && missing().length > 0 ? notReady(missing(), all, step) : error;
      }
      const healthy = `${all.length} of ${all.length} services healthy`;
      const last = Math.max(0, ...readyAt.values());
      return { result: `${healthy}, the last after ${durationWords(last)}`, headline: healthy };
    },
  };
}

function take(
  looks: readonly ReadyLook[],
  at: number,
  readyAt: Map<string, number>,
  ended: Map<string, number>,
  step: StepContext,
): void {
  for (const { name, ready, stays } of looks) {
    ended.set(name, stays && !ready ? (ended.get(name) ?? 0) + 1 : 0);
    if (!ready) readyAt.delete(name);
    else if (!readyAt.has(name)) {
      readyAt.set(name, at);
      step.output(`${name} is ready after ${durationWords(at)}\n`);
    }
  }
}

function notReady(waiting: readonly ReadyLook[], all: readonly ReadyLook[], step: StepContext): AppError {
  for (const { name, reason } of waiting)
    step.remark({
      kind: 'blocker',
      title: `${name} is not ready`,
      detail: reason,
      remedy: 'Look at its logs, or restart it; then retry.',
      service: name,
    });
  const words = waiting.map(({ name, reason }) => (reason === null ? name : `${name}: ${reason}`));
  return new AppError({
    code: 'routine.step-failed',
    message: `${waiting.length} of ${all.length} services are not ready – ${listed(words)}`,
    remedy: 'Look at their logs, and retry.',
    details: { services: waiting.map(({ name }) => name) },
  });
}
