import { z } from 'zod';
import { environmentId } from '../../../shared/contract/common.ts';
import { AppError } from '../../../shared/errors.ts';
import type { OperationKind } from '../operations/types.ts';
import { copyDeadline, type Golden } from './context.ts';
import { fileKey, imageFolder } from './layout.ts';
import { putFiles, removeImage, verifyImage } from './scripts/images.ts';
import { settleOperation } from './scripts/store.ts';
import { findImage } from './store.ts';

const imageInput = z.object({ imageId: z.string(), name: z.string(), environmentId });
export type ImageInput = z.infer<typeof imageInput>;

const parts: Readonly<Record<string, string>> = {
  index: 'its list of files was changed',
  names: 'files are missing or were added',
  stats: 'size, owner, mode or time of files changed',
  hashes: 'the content of files changed',
};

/** Reads every byte of an image and compares it with its hashes. What it finds is kept beside the image. */
export function verifyKind(golden: Golden): OperationKind<ImageInput> {
  return {
    kind: 'golden.verify',
    input: imageInput,
    title: (input) => `Verify ${input.name}`,
    environmentId: () => null,
    async run(input, context) {
      const found = await context.step(
        'compare',
        { title: 'Compare every file with its hash', result: z.array(z.string()) },
        async (step) => {
          const { manifest } = findImage(await golden.store.scan(step.signal), input.imageId);
          const lines = await golden.helper.run(
            verifyImage,
            [
              imageFolder(manifest.id),
              context.id,
              ...manifest.volumes.flatMap((volume) => [fileKey(volume.key), volume.digest]),
            ],
            {
              signal: step.signal,
              operationId: context.id,
              what: `read ${manifest.name}`,
              timeoutMs: copyDeadline(manifest.volumes.reduce((sum, volume) => sum + volume.bytes, 0) * 2),
              onLine: (line) => {
                if (line.startsWith('checking ')) step.detail(`Reading ${line.slice('checking '.length)}`);
              },
            },
          );
          return lines
            .filter((line) => line.startsWith('differs '))
            .map((line) => {
              const [, file = '', part = ''] = line.split(' ');
              const volume = manifest.volumes.find((each) => fileKey(each.key) === file)?.key ?? file;
              return `${volume}: ${parts[part] ?? part}`;
            });
        },
      );
      await context.step('note', { title: 'Note the result', result: z.object({}) }, async (step) => {
        const checked = JSON.stringify({ at: golden.clock.now().toISOString(), damaged: found.length > 0 });
        await golden.helper.run(putFiles, [imageFolder(input.imageId), 'checked.json', checked], {
          signal: step.signal,
          what: 'note the result',
        });
        await golden.store.scan(step.signal);
        return {};
      });
      if (found.length > 0) {
        throw new AppError({
          code: 'golden.corrupt',
          message: `${input.name} is damaged: ${found.join('; ')}.`,
          remedy: 'Do not rely on it: remove it, capture again, and check the disk under the store.',
          details: { found },
        });
      }
      return { summary: `Every file of ${input.name} matches its hash.` };
    },
    async undo(_input, context) {
      await context.step('settle', 'End what is left running', async (step) => {
        await golden.helper.run(settleOperation, [context.id], { signal: step.signal, what: 'end a comparison' });
      });
    },
  };
}

/** Deletes one image for good. Generations made from it stay: they hold their own data. */
export function removeKind(golden: Golden): OperationKind<ImageInput> {
  return {
    kind: 'golden.remove',
    input: imageInput,
    title: (input) => `Remove ${input.name}`,
    environmentId: (input) => input.environmentId,
    async run(input, context) {
      if (!context.resumed) findImage(await golden.store.scan(context.signal), input.imageId);
      context.pointOfNoReturn();
      await context.step('remove', { title: 'Delete its files', result: z.object({}) }, async (step) => {
        await golden.helper.run(removeImage, [input.imageId], {
          signal: step.signal,
          what: `remove ${input.name}`,
          timeoutMs: 600_000,
        });
        await golden.store.scan(step.signal);
        return {};
      });
      return { summary: `Removed ${input.name}.` };
    },
    async undo() {
      // Nothing is touched before the point of no return.
    },
  };
}
