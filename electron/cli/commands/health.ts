import type { EngineClient } from '../../../shared/client.ts';
import { type Probe, probeSchema } from '../../../shared/domain/checks.ts';
import { commandText } from '../../../shared/domain/command-text.ts';
import { durationText } from '../../../shared/domain/duration.ts';
import { AppError } from '../../../shared/errors.ts';
import { agreed } from '../ask.ts';
import { type CommandContext, environmentOf, withEngine } from '../context.ts';
import { checksOnce, requireDocker, unseen, unsettled } from '../first-look.ts';
import { allFine, answerText, healthTable } from '../health-words.ts';
import { exitCodes, writeJson } from '../output.ts';
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

/** `golden health allow`: lets the check of a service run its command on this machine, or no longer. */
export async function runAllow(
  context: CommandContext,
  service: string,
  options: { readonly yes: boolean; readonly withdraw: boolean },
): Promise<number> {
  const { terminal } = context;
  return withEngine(context, async (client) => {
    const environmentId = await environmentOf(client, context);
    const checks = await checksOnce(client, environmentId, { waitFor: unseen, patienceMs: 0, services: [service] });
    const command = checks[0]?.hostCommand;
    if (command === undefined) {
      throw new AppError({
        code: 'input.invalid',
        message: `The check of ${service} runs no command on this machine.`,
        remedy: `Only one that golden.yml declares with \`in: host\` has to be allowed: health.services.${service}.probe.command.`,
      });
    }
    const { run, folder } = command;
    const allowed = !options.withdraw;
    if (!terminal.json) terminal.stderr.write(`The check of ${service} runs\n  ${commandText(run)}\nin ${folder}\n`);
    if (allowed && !command.allowed && !options.yes) {
      const question = 'Let it run this command on this machine, again and again while the stack is watched?';
      if (!(await agreed(terminal, question, `Read the command, then add --yes: ${commandText(run)}`))) {
        terminal.stderr.write('Not allowed. The service goes by its containers.\n');
        return exitCodes.cancelled;
      }
    }
    if (allowed !== command.allowed) await client.health.allowCommand({ environmentId, service, run, allowed });
    if (terminal.json) writeJson(terminal, { environment: environmentId, service, run, folder, allowed });
    else terminal.stdout.write(`${service}: its command is ${allowed ? 'allowed' : 'no longer allowed'}.\n`);
    return exitCodes.done;
  });
}

/** `golden pause`: nothing is probed and nobody is told for a while. */
export async function runPause(
  context: CommandContext,
  options: { readonly for: string; readonly end: boolean; readonly all: boolean },
): Promise<undefined> {
  const ms = durationOption('--for', options.for);
  const { terminal } = context;
  return withEngine(context, async (client) => {
    const environmentId = options.all ? null : await environmentOf(client, context);
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
  return withEngine(context, async (client) => {
    const environmentId = await environmentOf(client, context);
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
