import { z } from 'zod';
import { environmentId, serviceName } from '../../../shared/contract/common.ts';
import type { OperationKind } from '../operations/types.ts';
import type { Golden } from './context.ts';
import { switchTo, undoSwitch } from './switch.ts';

const restoreInput = z.object({
  environmentId,
  imageId: z.string(),
  /** For the title only. */
  imageName: z.string(),
  services: z.array(serviceName).optional(),
  planHash: z.string().optional(),
});
export type RestoreInput = z.infer<typeof restoreInput>;

const undoInput = z.object({ environmentId, planHash: z.string().optional() });
export type UndoInput = z.infer<typeof undoInput>;

/** Gives an environment, or chosen services of it, the data of a golden image. */
export function restoreKind(golden: Golden): OperationKind<RestoreInput> {
  return {
    kind: 'golden.restore',
    input: restoreInput,
    title: (input) => `Restore ${input.imageName}`,
    environmentId: (input) => input.environmentId,
    async run(input, context) {
      const { decision, awayMs } = await switchTo(golden, input.environmentId, input, context);
      const away = decision.start.length === 0 ? 'nothing was running' : `services away for ${seconds(awayMs)}`;
      return { summary: `Restored ${input.imageName}, ${away}.`, undoable: true };
    },
    undo: (input, context) => undoSwitch(golden, input.environmentId, context),
  };
}

/** Brings back the generation the environment was switched away from last. Undoing an undo redoes. */
export function undoKind(golden: Golden): OperationKind<UndoInput> {
  return {
    kind: 'golden.undo',
    input: undoInput,
    title: () => 'Undo: bring back the data before',
    environmentId: (input) => input.environmentId,
    async run(input, context) {
      const wish = { imageId: null, ...(input.planHash === undefined ? {} : { planHash: input.planHash }) };
      const { decision, awayMs } = await switchTo(golden, input.environmentId, wish, context);
      const away = decision.start.length === 0 ? 'nothing was running' : `services away for ${seconds(awayMs)}`;
      return { summary: `Brought back the data from before, ${away}.`, undoable: true };
    },
    undo: (input, context) => undoSwitch(golden, input.environmentId, context),
  };
}

const seconds = (ms: number): string => `${(ms / 1000).toFixed(2)} s`;
