import { z } from 'zod';
import { AppError } from '../../../shared/errors.ts';
import type { OperationContext, StepContext, UndoContext } from '../operations/types.ts';
import type { EnvironmentTarget } from '../providers/provider.ts';
import { targetToBringBack } from './bring-back-target.ts';
import { settle } from './capture-undo.ts';
import type { Golden } from './context.ts';
import { type Decision, decide, decisionSchema, type Wish } from './decision.ts';
import { keepPlain, replacePlain, wantsPlain } from './plain.ts';
import { prepare } from './prepare.ts';
import { endWork } from './scripts/copy.ts';
import { dropGenerations } from './scripts/generations.ts';
import { finishSwitch } from './scripts/store.ts';
import { stopwatch } from './stopwatch.ts';
import { noSpace } from './store-errors.ts';
import { attempt, done, engineIsAway, gateSchema, leftBecause, passed, rename, stopAgain } from './switch-parts.ts';
import { refuseForeignUsers, volumeUsers } from './users.ts';

const timed = z.object({ ms: z.number() });

export interface Switched {
  readonly decision: Decision;
  readonly awayMs: number;
}

/**
 * The protocol of every restore and undo: decide, prepare beside the running services, stop, rename one link, start,
 * check, and back again by itself when the check fails. Before the rename a restart brings the state before back; after
 * it, it finishes.
 */
export async function switchTo(
  golden: Golden,
  environmentId: string,
  wish: Wish & { readonly planHash?: string | undefined },
  context: OperationContext,
): Promise<Switched> {
  const { id, signal } = context;
  if (context.resumed) await settle(golden, id, signal);
  let resolved: EnvironmentTarget | undefined;
  const decision = await context.step(
    'preflight',
    { title: 'Check that it can be done', result: decisionSchema },
    async (step) => {
      resolved = await golden.resolveTarget(environmentId, step.signal);
      return preflight(golden, resolved, wish, id, step);
    },
  );
  const target = resolved ?? (await targetToBringBack(golden, environmentId, decision.projectName, signal));
  const prepared = await context.step(
    'prepare',
    { title: 'Prepare the data beside the running services', result: timed },
    (step) => prepare(golden, target, decision, id, step),
  );
  const services = [...decision.dataServices, ...decision.restartServices];
  const stopped = await context.step('stop', { title: 'Stop the services', result: timed }, async (step) => {
    const time = stopwatch(golden.clock);
    await golden.runtime.stop(target, services, step, step.signal);
    await refuseUsers(golden, target, decision, step.signal);
    return { ms: time() };
  });
  if (wantsPlain(decision)) {
    await context.step('keep', { title: 'Keep the data of plain volumes', result: done }, (step) =>
      keepPlain(golden, decision, id, step),
    );
    // Keeping takes as long as copying: somebody may have started something by hand meanwhile.
    if (!context.resumed) await refuseUsers(golden, target, decision, signal);
  }
  context.pointOfNoReturn();
  const switched = await context.step('switch', { title: 'Switch to the other data', result: gateSchema }, (step) =>
    attempt(golden, step, async () => {
      await stopAgain(golden, target, services, context.resumed, step);
      await rename(
        golden,
        decision,
        decision.from ?? 'first',
        decision.to,
        leftBecause(decision),
        'forward',
        step.signal,
      );
      await replacePlain(golden, decision, id, 'forward', step);
      return passed;
    }),
  );
  // A full or broken store half-way is no reason to leave the services stopped.
  if (!switched.passed)
    await switchBack(golden, target, decision, 'could not be put in place', switched.failures, context);
  if (decision.start.length === 0) {
    await finish(golden, decision, context, { prepared: prepared.ms, away: switched.ms, gate: null });
    return { decision, awayMs: switched.ms };
  }
  const started = await context.step('start', { title: 'Start the services', result: gateSchema }, (step) =>
    attempt(golden, step, async () => {
      await golden.runtime.start(target, decision.start, step, step.signal);
      return passed;
    }),
  );
  const gate = started.passed
    ? await context.step('gate', { title: 'Wait until they are healthy', result: gateSchema }, (step) =>
        attempt(golden, step, () =>
          golden.runtime.waitHealthy(target, decision.start, target.gateTimeoutMs, step, step.signal),
        ),
      )
    : started;
  if (!gate.passed) await switchBack(golden, target, decision, 'did not become healthy', gate.failures, context);
  const awayMs = stopped.ms + switched.ms + started.ms;
  await finish(golden, decision, context, { prepared: prepared.ms, away: awayMs, gate: gate.ms });
  return { decision, awayMs };
}

async function preflight(
  golden: Golden,
  target: EnvironmentTarget,
  wish: Wish & { readonly planHash?: string | undefined },
  id: string,
  step: StepContext,
): Promise<Decision> {
  const decision = await decide(golden, target, wish, id, 'work', step.signal);
  if (wish.planHash !== undefined && wish.planHash !== decision.hash) {
    throw new AppError({
      code: 'plan.stale',
      message: 'The plan is out of date: something it is about has changed since it was shown.',
      remedy: 'Look at the new plan and start again. Nothing was changed.',
    });
  }
  const free = golden.store.freeBytes();
  if (decision.neededBytes > free) throw noSpace(decision.neededBytes, free, 'restore it');
  for (const remark of decision.remarks) step.log(remark);
  return decision;
}

async function refuseUsers(
  golden: Golden,
  target: EnvironmentTarget,
  decision: Decision,
  signal: AbortSignal,
): Promise<void> {
  const users = await volumeUsers(
    target,
    decision.volumes.map((volume) => volume.name),
    golden.docker,
    signal,
  );
  refuseForeignUsers(users, [], 'restored');
}

const notStarted = (failures: readonly string[]): string => `, but its services did not start: ${failures.join('; ')}.`;

/** Never returns: the state before is back, and that is what the error says. */
async function switchBack(
  golden: Golden,
  target: EnvironmentTarget,
  decision: Decision,
  why: string,
  failures: readonly string[],
  context: OperationContext,
): Promise<never> {
  const services = [...decision.dataServices, ...decision.restartServices];
  await context.step('back-stop', { title: 'Stop the services again', result: done }, async (step) => {
    for (const failure of failures) step.log(failure);
    await golden.runtime.stop(target, services, step, step.signal);
    return {};
  });
  await context.step('back-switch', { title: 'Switch back', result: done }, async (step) => {
    await stopAgain(golden, target, services, context.resumed, step);
    await rename(
      golden,
      decision,
      decision.to,
      decision.from ?? 'first',
      'its health gate failed',
      'back',
      step.signal,
    );
    await replacePlain(golden, decision, context.id, 'back', step);
    return {};
  });
  const back = await context.step(
    'back-start',
    { title: 'Start the services with the data before', result: gateSchema },
    (step) =>
      attempt(golden, step, async () => {
        if (decision.start.length > 0) await golden.runtime.start(target, decision.start, step, step.signal);
        return passed;
      }),
  );
  if (decision.imageId !== null) {
    await context.step('back-drop', { title: 'Remove the data that was not healthy', result: done }, async (step) => {
      await golden.helper.run(dropGenerations, [decision.key, decision.to], {
        signal: step.signal,
        what: 'remove a generation',
        timeoutMs: 300_000,
      });
      return {};
    });
  }
  await golden.helper.run(endWork, [context.id], { signal: context.signal, what: 'clear up' });
  await golden.store.scan(context.signal);
  golden.onChange({ type: 'environment', environmentId: target.id });
  const what = decision.imageName === null ? 'The state before' : decision.imageName;
  throw new AppError({
    code: 'golden.gate-failed',
    message: `${what} ${why}: ${failures.join('; ')}. The data from before is back${
      decision.start.length === 0 ? '.' : back.passed ? ' and its services run again.' : notStarted(back.failures)
    }`,
    remedy: back.passed
      ? 'Look at the logs of the services named, or choose another image.'
      : 'Look at the logs of the services named, and start the stack by hand.',
    details: { failures },
  });
}

async function finish(
  golden: Golden,
  decision: Decision,
  context: OperationContext,
  ms: { readonly prepared: number; readonly away: number; readonly gate: number | null },
): Promise<void> {
  await context.step('finish', { title: 'Keep the state before as undo point', result: done }, async (step) => {
    const timings = {
      way: decision.way,
      prepareMs: ms.prepared,
      preparedBytes: decision.imageId === null ? 0 : decision.volumes.reduce((sum, each) => sum + each.bytesThen, 0),
      awayMs: ms.away,
      gateMs: ms.gate,
    };
    try {
      await golden.store.runAndScan(finishSwitch, [decision.key, decision.to, JSON.stringify(timings), context.id], {
        signal: step.signal,
        what: 'note how long it took',
      });
      await collectExpired(golden, decision.key, step.signal);
      if (wantsPlain(decision)) {
        // What was kept of plain volumes when this generation was left an earlier time is not linked any more.
        const options = { signal: step.signal, what: 'remove what was kept before', timeoutMs: 600_000 };
        await golden.helper.run(dropGenerations, [decision.key], options);
      }
    } catch (error) {
      if (step.signal.aborted || engineIsAway(error)) throw error;
      // The services run on their new data: notes that could not be written and old data that stays do not change that.
      step.log(error instanceof Error ? error.message : String(error));
    }
    return {};
  });
}

/** Removes undo points whose time is over, going by the last scan. The current generation is never among them. */
export async function collectExpired(golden: Golden, key: string, signal: AbortSignal): Promise<void> {
  const environment = golden.store.content().environments.get(key);
  if (environment === undefined) return;
  golden.onChange({ type: 'environment', environmentId: environment.environmentId });
  const now = golden.clock.now().toISOString();
  const expired = [...environment.generations.values()].filter(
    (each) => each.generation.id !== environment.currentId && each.left !== null && each.left.keptUntil < now,
  );
  if (expired.length === 0) return;
  await golden.helper.run(dropGenerations, [key, ...expired.map((each) => each.generation.id)], {
    signal,
    what: 'remove undo points whose time is over',
    timeoutMs: 600_000,
  });
  await golden.store.scan(signal);
}

/** The state before: nothing was switched yet. */
export async function undoSwitch(golden: Golden, environmentId: string, context: UndoContext): Promise<void> {
  const decision = context.recorded('preflight', decisionSchema);
  if (decision === undefined) return;
  // Before anything in the store is tidied, which may fail where the store is what failed.
  if (context.begun('stop') && decision.start.length > 0) {
    await context.step('start', 'Start the services again', async (step) => {
      const target = await targetToBringBack(golden, environmentId, decision.projectName, step.signal);
      await golden.runtime.start(target, decision.start, step, step.signal);
    });
  }
  await context.step('settle', 'End what is left running', async (step) => {
    await settle(golden, context.id, step.signal);
    await golden.helper.run(endWork, [context.id], { signal: step.signal, what: 'clear up' });
  });
  if (decision.imageId !== null) {
    await context.step('drop', 'Remove the prepared data', async (step) => {
      await golden.helper.run(dropGenerations, [decision.key, decision.to], {
        signal: step.signal,
        what: 'remove a prepared generation',
        timeoutMs: 300_000,
      });
      await golden.store.scan(step.signal);
    });
  }
}
