import type { UndoContext } from '../operations/types.ts';
import { targetToBringBack } from './bring-back-target.ts';
import type { Golden } from './context.ts';
import { thaw } from './freeze.ts';
import { dropPartial } from './scripts/images.ts';
import { settleOperation } from './scripts/store.ts';

/** What the survey noted of the environment. Enough to bring it back with a Compose file that is broken or gone by now. */
interface Noted {
  readonly projectName: string;
  readonly pausedBefore: readonly string[];
  readonly adoption: { readonly restart: readonly string[] } | null;
}

/** The state before: services go on, nothing of the copy is left. */
export async function forgetCapture(
  golden: Golden,
  environmentId: string,
  noted: Noted | undefined,
  context: UndoContext,
): Promise<void> {
  const { id } = context;
  const restart = noted?.adoption?.restart ?? [];
  if (context.begun('stop') && noted !== undefined && restart.length > 0) {
    await context.step('start', 'Start the services again', async (step) => {
      const target = await targetToBringBack(golden, environmentId, noted.projectName, step.signal);
      await golden.runtime.start(target, restart, step, step.signal);
    });
  }
  if (context.begun('copy') && noted !== undefined) {
    await context.step('thaw', 'Let the services go on', (step) =>
      thaw(golden, noted.projectName, noted.pausedBefore, step.signal),
    );
  }
  if (!context.begun('survey')) return;
  // Measuring plain volumes takes a worker, too. One left behind would count as a stranger that uses them.
  await context.step('worker', 'End what is left running', (step) => golden.helper.removeWorker(id, step.signal));
  if (!context.begun('copy')) return;
  await context.step('forget', 'Remove the unfinished copy', async (step) => {
    await settle(golden, id, step.signal);
    await golden.helper.run(dropPartial, [id], {
      signal: step.signal,
      what: 'remove an unfinished copy',
      timeoutMs: 300_000,
    });
  });
}

/** Ends what an earlier life left running for the operation, in the helper and in a worker of its own. */
export async function settle(golden: Golden, id: string, signal: AbortSignal): Promise<void> {
  await golden.helper.removeWorker(id, signal);
  await golden.helper.run(settleOperation, [id], { signal, what: 'end what was left running' });
}
