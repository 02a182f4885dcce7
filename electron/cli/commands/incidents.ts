import type { EngineClient } from '../../../shared/client.ts';
import type { Incident } from '../../../shared/domain/incident-types.ts';
import { AppError } from '../../../shared/errors.ts';
import { type CommandContext, environmentOf, withEngine } from '../context.ts';
import { checksOnce, settled, unseen } from '../first-look.ts';
import { incidentTable, incidentText } from '../health-words.ts';
import { writeJson } from '../output.ts';
import { sinceOption } from '../times.ts';

/** How long an engine that has just started gets to find out which incidents go on, ms. */
const patienceMs = 8_000;

export interface IncidentsOptions {
  readonly open: boolean;
  readonly since: string;
  readonly all: boolean;
}

/** `golden incidents`: newest first, or one of them whole. */
export async function runIncidents(
  context: CommandContext,
  id: string | undefined,
  options: IncidentsOptions,
): Promise<undefined> {
  const { terminal } = context;
  const now = Date.now();
  const since = sinceOption('--since', options.since, now);
  return withEngine(context, async (client) => {
    if (id !== undefined) {
      const { incident } = await find(client, id);
      await upToDate(client, incident.environment === null ? [] : [incident.environment]);
      const found = await client.incidents.get({ incidentId: incident.id });
      if (terminal.json) writeJson(terminal, found);
      else terminal.stdout.write(incidentText(found.incident, found.explanation, found.events, now));
      return undefined;
    }
    const environmentId = options.all ? undefined : await environmentOf(client, context);
    await upToDate(client, environmentId === undefined ? await everything(client) : [environmentId]);
    const list = await client.incidents.list({
      ...(environmentId === undefined ? {} : { environmentId }),
      ...(options.open ? { open: true } : {}),
      since,
      limit: 1000,
    });
    if (terminal.json) writeJson(terminal, list);
    else if (list.length > 0) terminal.stdout.write(incidentTable(list, now));
    else terminal.stderr.write(options.open ? 'No incident is open.\n' : `No incident (--since ${options.since}).\n`);
    return undefined;
  });
}

/** `golden incidents ack`: somebody has seen it; it is not told of again. */
export async function runAcknowledge(context: CommandContext, id: string): Promise<undefined> {
  const { terminal } = context;
  return withEngine(context, async (client) => {
    const { incident } = await find(client, id);
    await upToDate(client, incident.environment === null ? [] : [incident.environment]);
    await client.incidents.acknowledge({ incidentId: incident.id });
    const after = (await client.incidents.get({ incidentId: incident.id })).incident;
    if (after.acknowledgedAt === null) {
      throw new AppError({
        code: 'input.not-found',
        message: `${incident.id} belongs to a stack that is no longer watched.`,
        remedy: 'Add its folder again, or leave it: nobody is told of it.',
      });
    }
    if (terminal.json) writeJson(terminal, after);
    else terminal.stdout.write(`${incident.id} is acknowledged.\n`);
    return undefined;
  });
}

/** By its id, or by a part of it that only one has. */
async function find(client: EngineClient, id: string): Promise<{ readonly incident: Incident }> {
  try {
    return await client.incidents.get({ incidentId: id });
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'input.not-found') throw error;
    const like = (await client.incidents.list({ limit: 1000 })).filter((each) => each.id.includes(id));
    const [only] = like;
    if (only === undefined) throw error;
    if (like.length === 1) return { incident: only };
    throw new AppError({
      code: 'input.invalid',
      message: `${like.length} incidents have ${id} in their id.`,
      remedy: `Choose one, for example ${only.id}.`,
    });
  }
}

async function everything(client: EngineClient): Promise<string[]> {
  return (await client.environments.list()).map((each) => each.id);
}

/** Until the watch has looked at these, or for as long as is worth waiting: a stack without its files has incidents too. */
async function upToDate(client: EngineClient, environmentIds: readonly string[]): Promise<void> {
  await settled(client);
  await Promise.all(
    environmentIds.map((id) => checksOnce(client, id, { waitFor: unseen, patienceMs }).catch(() => undefined)),
  );
}
