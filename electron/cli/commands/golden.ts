import type { EngineClient } from '../../../shared/client.ts';
import type { CapturePlan, GoldenImageView, RestorePlan } from '../../../shared/contract/golden.ts';
import { AppError } from '../../../shared/errors.ts';
import { type CommandContext, environmentOf, withEngine } from '../context.ts';
import { followOperation } from '../follow-operation.ts';
import { bytes, duration, problemText, table, writeJson } from '../output.ts';

export async function runCapture(
  context: CommandContext,
  purpose: string,
  options: { readonly tag?: string; readonly note?: string; readonly inPlace?: boolean; readonly plan?: boolean },
): Promise<undefined> {
  return withEngine(context, async (client) => {
    const { terminal } = context;
    const environmentId = await environmentOf(client, context);
    const { inPlace = false, plan: only = false, ...wish } = options;
    const plan = await client.golden.planCapture({ environmentId });
    if (only) {
      if (terminal.json) writeJson(terminal, plan);
      else terminal.stdout.write(captureText(plan, inPlace));
      return undefined;
    }
    const adopt = plan.move !== null && !inPlace;
    if (adopt && !terminal.json) terminal.stderr.write(captureText(plan, inPlace));
    const moving = adopt ? { adopt, planHash: plan.hash } : {};
    const { operationId } = await client.golden.capture({ environmentId, purpose, ...wish, ...moving });
    const view = await followOperation(client, operationId, context.terminal);
    if (context.terminal.json) writeJson(context.terminal, view);
    return undefined;
  });
}

export async function runImages(context: CommandContext, options: { readonly all: boolean }): Promise<undefined> {
  return withEngine(context, async (client) => {
    const images = await client.golden.list(options.all ? {} : { environmentId: await environmentOf(client, context) });
    if (context.terminal.json) {
      writeJson(context.terminal, images);
      return undefined;
    }
    const rows = images.map((image) => [
      image.name,
      bytes(image.bytes),
      image.consistency,
      image.damaged ? 'DAMAGED' : image.verifiedAt === null ? 'not verified' : 'verified',
      image.createdAt,
      image.id,
    ]);
    context.terminal.stdout.write(
      rows.length === 0
        ? 'No golden images yet. `golden capture PURPOSE` makes one.\n'
        : table([['NAME', 'SIZE', 'CONSISTENCY', 'TRUST', 'TAKEN', 'ID'], ...rows]),
    );
    return undefined;
  });
}

export async function runRestore(
  context: CommandContext,
  image: string,
  options: { readonly service?: readonly string[]; readonly plan?: boolean },
): Promise<undefined> {
  return withEngine(context, async (client) => {
    const environmentId = await environmentOf(client, context);
    const imageId = (await findImage(client, environmentId, image)).id;
    const services = options.service === undefined ? {} : { services: [...options.service] };
    const plan = await client.golden.planRestore({ environmentId, imageId, ...services });
    return carryOut(client, context, plan, options.plan === true, () =>
      client.golden.restore({ environmentId, imageId, ...services, planHash: plan.hash }),
    );
  });
}

export async function runUndo(context: CommandContext, options: { readonly plan?: boolean }): Promise<undefined> {
  return withEngine(context, async (client) => {
    const environmentId = await environmentOf(client, context);
    const plan = await client.golden.planUndo({ environmentId });
    return carryOut(client, context, plan, options.plan === true, () =>
      client.golden.undo({ environmentId, planHash: plan.hash }),
    );
  });
}

export async function runVerify(context: CommandContext, image: string): Promise<undefined> {
  return withEngine(context, async (client) => {
    const environmentId = await environmentOf(client, context);
    const { operationId } = await client.golden.verify({ imageId: (await findImage(client, environmentId, image)).id });
    const view = await followOperation(client, operationId, context.terminal);
    if (context.terminal.json) writeJson(context.terminal, view);
    return undefined;
  });
}

async function carryOut(
  client: EngineClient,
  context: CommandContext,
  plan: RestorePlan,
  only: boolean,
  start: () => Promise<{ operationId: string }>,
): Promise<undefined> {
  const { terminal } = context;
  if (only) {
    if (terminal.json) writeJson(terminal, plan);
    else terminal.stdout.write(planText(plan));
    return undefined;
  }
  const blocking = plan.problems.find((problem) => problem.severity === 'error');
  if (blocking !== undefined) {
    throw new AppError({
      code: 'guard.refused',
      message: blocking.message,
      remedy: blocking.remedy,
      details: { problems: plan.problems },
    });
  }
  if (!terminal.json) terminal.stderr.write(planText(plan));
  const view = await followOperation(client, (await start()).operationId, terminal);
  if (terminal.json) writeJson(terminal, view);
  return undefined;
}

const places: Readonly<Record<CapturePlan['volumes'][number]['place'], string>> = {
  store: 'in the golden store',
  move: 'moves into the golden store',
  stay: 'stays where it is',
};

function captureText(plan: CapturePlan, inPlace: boolean): string {
  const rows = plan.volumes.map((each) => [
    each.key,
    places[inPlace && each.place === 'move' ? 'stay' : each.place],
    each.bytes === null ? '' : bytes(each.bytes),
    each.services.join(', '),
  ]);
  const reasons = plan.volumes.flatMap((each) => each.reason ?? []);
  const move = plan.move === null || inPlace ? [] : [...plan.move.words, 'Leave it where it is with --in-place.'];
  return `${table(rows)}${[...move, ...reasons, ...plan.omitted].map((line) => `${line}\n`).join('')}`;
}

function planText(plan: RestorePlan): string {
  const rows = plan.services.map((each) => [
    each.service,
    each.words,
    each.bytesThen === null ? '' : bytes(each.bytesThen),
  ]);
  const away = plan.awayMs === null ? '' : `Services away for about ${duration(plan.awayMs)}.\n`;
  return `${plan.title}\n${table(rows)}${away}${plan.kept.map((line) => `Kept: ${line}\n`).join('')}${plan.checks.map((line) => `Check: ${line}\n`).join('')}${plan.problems.map((problem) => `${problemText(problem)}\n`).join('')}`;
}

/** By id, by exact name, or by a part of the name that fits one image only. */
async function findImage(client: EngineClient, environmentId: string, text: string): Promise<GoldenImageView> {
  const images = await client.golden.list({ environmentId });
  const exact = images.find((image) => image.id === text || image.name === text);
  if (exact !== undefined) return exact;
  const partial = images.filter((image) => image.name.includes(text));
  if (partial.length === 1 && partial[0] !== undefined) return partial[0];
  throw new AppError({
    code: 'golden.not-found',
    message:
      partial.length === 0
        ? `${environmentId} has no golden image ${text}.`
        : `${partial.length} golden images of ${environmentId} fit ${text}.`,
    remedy:
      images.length === 0
        ? 'Capture one with `golden capture PURPOSE`.'
        : `Name one of: ${(partial.length === 0 ? images : partial).map((image) => image.name).join(', ')}.`,
  });
}
