import type { EngineClient } from '../../../shared/client.ts';
import { type Probe, probeSchema } from '../../../shared/domain/checks.ts';
import { durationText } from '../../../shared/domain/duration.ts';
import { AppError } from '../../../shared/errors.ts';
import { type CommandContext, environmentOf, withEngine } from '../context.ts';
import { checksOnce, requireDocker, unseen, unsettled } from '../first-look.ts';
import { allFine, answerText, healthTable } from '../health-words.ts';
import { exitCodes, writeJson } from '../output.ts';
import type { Session } from '../session.ts';
import { durationOption } from '../times.ts';

/** `golden health`: what the watch says of each service. 1 when one of them is not as it should be. */
export async function runHealth(
  context: CommandContext,
  services: readonly string[],
  options: { readonly wait: string },
): Promise<number> {
  const patienceMs = durationOption('--wait', options.wait);
  const { terminal } = context;
  return withEngine(context, async (client) => {
    const environmentId = await environmentOf(client, context);
    await requireDocker(client);
    const checks = await checksOnce(client, environmentId, { waitFor: unsettled, patienceMs, services });
    const fine = allFine(checks);
    const at = Date.now();
    if (terminal.json) writeJson(terminal, { environment: environmentId, at, fine, services: checks });
    else terminal.stdout.write(healthTable(checks, at));
    return fine ? exitCodes.done : exitCodes.failed;
  });
}

/** `golden probe`: asks a service once, now. 1 when it does not answer as it should. */
export async function runProbe(
  context: CommandContext,
  service: string,
  options: { readonly try?: string },
): Promise<number> {
  const probe = options.try === undefined ? undefined : probeOption(options.try);
  const { terminal } = context;
  return withEngine(context, async (client) => {
    const environmentId = await environmentOf(client, context);
    await requireDocker(client);
    await checksOnce(client, environmentId, { waitFor: unseen, patienceMs: 0, services: [service] });
    const outcome =
      probe === undefined
        ? await client.health.probe({ environmentId, service })
        : await client.health.tryProbe({ environmentId, service, probe });
    if (terminal.json) writeJson(terminal, { environment: environmentId, service, ...outcome });
    else
      terminal.stdout.write(
        `${service}: ${answerText(outcome)}${outcome.detail === null ? '' : `: ${outcome.detail}`}\n`,
      );
    return outcome.ok ? exitCodes.done : exitCodes.failed;
  });
}

function probeOption(text: string): Probe {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw notAProbe('it is not JSON');
  }
  const parsed = probeSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.map((issue) => `${issue.path.join('.') || 'it'}: ${issue.message}`);
  throw notAProbe(issues.join('; '));
}

const notAProbe = (why: string): AppError =>
  new AppError({
    code: 'input.invalid',
    message: `--try is not a probe: ${why}.`,
    remedy: 'Write it as in golden.yml, in JSON: {"http": {"port": 8080, "path": "/health"}}.',
  });

/** `golden pause`: nothing is probed and nobody is told for a while. */
export async function runPause(
  context: CommandContext,
  options: { readonly for: string; readonly end: boolean; readonly all: boolean },
): Promise<undefined> {
  const ms = durationOption('--for', options.for);
  const { terminal } = context;
  return withEngine(context, async (client, session) => {
    const environmentId = options.all ? null : await environmentOf(client, context);
    requireWatcher(session, 'pause');
    await watched(client, environmentId);
    const until = options.end ? null : Date.now() + ms;
    await client.health.pauseWatching({ environmentId, until });
    if (terminal.json) writeJson(terminal, { environment: environmentId, until });
    else
      terminal.stdout.write(
        `${environmentId ?? 'Everything'} is ${until === null ? 'watched again' : `not watched for ${durationText(ms)}`}.\n`,
      );
    return undefined;
  });
}

/** `golden snooze`: goes on watching, and tells nobody for a while. */
export async function runSnooze(
  context: CommandContext,
  service: string | undefined,
  options: { readonly for: string; readonly end: boolean },
): Promise<undefined> {
  const ms = durationOption('--for', options.for);
  const { terminal } = context;
  return withEngine(context, async (client, session) => {
    const environmentId = await environmentOf(client, context);
    requireWatcher(session, 'snooze');
    const services = service === undefined ? [] : [service];
    await checksOnce(client, environmentId, { waitFor: unseen, patienceMs: 0, services });
    const until = options.end ? null : Date.now() + ms;
    await client.notices.snooze({ environmentId, service: service ?? null, until });
    if (terminal.json) writeJson(terminal, { environment: environmentId, service: service ?? null, until });
    else
      terminal.stdout.write(
        `${service ?? environmentId}: notices ${until === null ? 'are shown again' : `are held back for ${durationText(ms)}`}.\n`,
      );
    return undefined;
  });
}

async function watched(client: EngineClient, environmentId: string | null): Promise<void> {
  if (environmentId !== null) await checksOnce(client, environmentId, { waitFor: unseen, patienceMs: 0 });
}

/** An engine of our own ends with the command, and what it was told with it. */
function requireWatcher(session: Session, verb: string): void {
  if (session.remote) return;
  throw new AppError({
    code: 'engine.disconnected',
    message: `Nothing is being watched, so there is nothing to ${verb}: no Golden Hour is running.`,
    remedy: 'Open the app, or run `golden serve` or `golden watch`.',
  });
}
