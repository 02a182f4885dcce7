import { z } from 'zod';
import { environmentId } from '../../../shared/contract/common.ts';
import { AppError } from '../../../shared/errors.ts';
import type { OperationContext, OperationKind } from '../operations/types.ts';
import type { EnvironmentTarget } from '../providers/provider.ts';
import { captureMoving } from './adopt.ts';
import { copiedSchema, copyFrozen, hashImage, type ImageIndex, indexSchema } from './capture-copy.ts';
import { noteFacts, writeManifest } from './capture-facts.ts';
import { look, type Survey, surveySchema, totalBytes, withPlainVolumes } from './capture-survey.ts';
import { forgetCapture, settle } from './capture-undo.ts';
import { copyDeadline, type Golden } from './context.ts';
import { dropPartial } from './scripts/images.ts';
import { publishImage } from './scripts/store.ts';
import { size } from './store-errors.ts';
import { done, engineIsAway } from './switch-parts.ts';

const inputSchema = z.object({
  environmentId,
  name: z.string().min(1),
  purpose: z.string(),
  note: z.string().nullable(),
  /** Who asked for it. */
  by: z.string(),
  /** Plain volumes move into the store, as the plan with this hash says. */
  adopt: z.boolean().default(false),
  planHash: z.string().optional(),
});
export type CaptureInput = z.infer<typeof inputSchema>;

/** Makes an immutable image of an environment's data. The operation's id is the image's. */
export function captureKind(golden: Golden): OperationKind<CaptureInput> {
  return {
    kind: 'golden.capture',
    input: inputSchema,
    title: (input) => `Capture ${input.name}`,
    environmentId: (input) => input.environmentId,
    run: (input, context) => capture(golden, input, context),
    undo: (input, context) =>
      forgetCapture(golden, input.environmentId, context.recorded('survey', surveySchema), context),
  };
}

async function capture(golden: Golden, input: CaptureInput, context: OperationContext) {
  const { id, signal } = context;
  if (context.resumed) {
    // Everything up to the point of no return is recorded; putting the image in its place needs no Compose file.
    await settle(golden, id, signal);
  }
  let resolved: Promise<EnvironmentTarget> | undefined;
  const resolve = (): Promise<EnvironmentTarget> => {
    resolved ??= golden.resolveTarget(input.environmentId, signal);
    return resolved;
  };
  const survey = await context.step('survey', { title: 'Look at the data', result: surveySchema }, async (step) =>
    look(golden, await resolve(), input, id, step),
  );
  if (survey.adoption !== null) return captureAndMove(golden, input, survey, resolve, context);
  const { awayMs } = await context.step('copy', { title: 'Copy the data', result: copiedSchema }, async (step) => {
    const target = await resolve();
    return withPlainVolumes(golden, id, survey, step.signal, (worker) =>
      copyFrozen(golden, target, survey, id, worker, step),
    );
  });
  const index = await indexed(golden, survey, context);
  await context.step('describe', { title: 'Write the manifest', result: done }, async (step) => {
    const facts = await noteFacts(golden, await resolve(), id, step.signal);
    const clean = awayMs === null && survey.clean;
    await writeManifest(golden, { id, input, survey, facts, index, awayMs, clean }, step.signal);
    return {};
  });
  // From here on the image is complete, and all that a restart may have to do is to put it in its place.
  context.pointOfNoReturn();
  await publish(golden, survey, context);
  const away = awayMs === null ? 'from the stopped services' : `services frozen for ${seconds(awayMs)}`;
  return { summary: `Captured ${input.name}: ${contents(index)}, ${away}.` };
}

/** The volumes move first: a copy that is lost later is an image less, and nothing else. */
async function captureAndMove(
  golden: Golden,
  input: CaptureInput,
  survey: Survey,
  resolve: () => Promise<EnvironmentTarget>,
  context: OperationContext,
) {
  const { adoption } = survey;
  if (adoption === null) throw new TypeError('nothing to move');
  const { id } = context;
  const moved = await captureMoving(golden, input.environmentId, survey, adoption, resolve, context);
  golden.onChange({ type: 'environment', environmentId: input.environmentId });
  const names = adoption.volumes.map((volume) => volume.key).join(', ');
  let index: ImageIndex;
  try {
    index = await indexed(golden, survey, context);
    await context.step('describe', { title: 'Write the manifest', result: done }, async (step) => {
      await writeManifest(golden, { id, input, survey, index, ...moved }, step.signal);
      return {};
    });
    await publish(golden, survey, context);
  } catch (error) {
    if (context.signal.aborted || engineIsAway(error)) throw error;
    await golden.helper.run(dropPartial, [id], { signal: context.signal, what: 'remove an unfinished copy' });
    throw withoutImage(names, error);
  }
  if (moved.blocked !== undefined) throw moved.blocked;
  const away = moved.awayMs === null ? 'from the stopped services' : `services away for ${seconds(moved.awayMs)}`;
  const where = moved.remarks.length === 0 ? `${names} moved into the golden store.` : moved.remarks.join(' ');
  return { summary: `Captured ${input.name}: ${contents(index)}, ${away}. ${where}` };
}

function indexed(golden: Golden, survey: Survey, context: OperationContext): Promise<ImageIndex> {
  return context.step('index', { title: 'Hash every file', result: indexSchema }, (step) =>
    hashImage(golden, survey, context.id, step),
  );
}

async function publish(golden: Golden, survey: Survey, context: OperationContext): Promise<void> {
  await context.step('publish', { title: 'Put the image in its place', result: done }, async (step) => {
    await golden.store.runAndScan(publishImage, [context.id], {
      signal: step.signal,
      operationId: context.id,
      what: 'put the image in its place',
      timeoutMs: copyDeadline(totalBytes(survey)),
    });
    return {};
  });
}

const contents = (index: ImageIndex): string => size(index.reduce((sum, volume) => sum + volume.bytes, 0));
const seconds = (ms: number): string => `${(ms / 1000).toFixed(2)} s`;

function withoutImage(names: string, cause: unknown): AppError {
  const shape = cause instanceof AppError ? cause : undefined;
  return new AppError(
    {
      code: shape?.code ?? 'golden.store-unavailable',
      message: `${names} moved into the golden store, but the image could not be made: ${cause instanceof Error ? cause.message : String(cause)}`,
      remedy: `${shape?.remedy ?? 'Look at the details.'} Then capture again.`,
    },
    { cause },
  );
}
