import type { Command } from 'commander';
import type { CommandContext } from './context.ts';

const healthCommands = () => import('./commands/health.ts');
const incidentCommands = () => import('./commands/incidents.ts');
const watchCommand = () => import('./commands/watch.ts');

export interface CommandMaker {
  /** A command with the options that all have. */
  readonly command: (name: string, description: string, parent?: Command) => Command;
  readonly go: (work: (context: CommandContext) => Promise<number | undefined>, own: Command) => void;
}

/** The commands about what the watch sees. */
export function addHealthCommands({ command, go }: CommandMaker): void {
  const health = command('health', 'show how each service is, and why')
    .enablePositionalOptions()
    .argument('[services...]')
    .option('--wait <duration>', 'how long services that start or are in doubt may take until it answers', '15s')
    .addHelpText(
      'after',
      `
Without a running Golden Hour the watch begins with this command: every service is probed at once, and the answer comes
as soon as each is known, after --wait at the latest. What takes minutes to tell (degraded, flapping) it cannot know
then, and latencies and counters are those of these seconds.

Exit code 0: every service is healthy, or stopped or paused by choice. 1: some service is down, degraded or flapping, or
was not known to be healthy in time. With --json times are in ms since the epoch.`,
    );
  health.action((services: string[]) =>
    go(async (context) => (await healthCommands()).runHealth(context, services, health.opts()), health),
  );

  const allow = command('allow', 'let the check of a service run its command on this machine', health)
    .argument('<service>')
    .option('-y, --yes', 'yes, without asking', false)
    .option('--withdraw', 'no longer', false)
    .addHelpText(
      'after',
      `
A probe in golden.yml that says \`in: host\` is not made before its command was allowed: exactly this text, in this
folder, until it is withdrawn. The command is shown first.`,
    );
  allow.action((service: string) =>
    go(async (context) => (await healthCommands()).runAllow(context, service, allow.opts()), allow),
  );

  const probe = command('probe', 'ask a service now whether it works')
    .argument('<service>')
    .option('--try <json>', 'with this probe, as in golden.yml; nothing is concluded from it')
    .addHelpText('after', '\nExit code 0: it answers as it should. 1: it does not.');
  probe.action((service: string) =>
    go(async (context) => (await healthCommands()).runProbe(context, service, probe.opts()), probe),
  );

  const watch = command('watch', 'follow state changes, incidents and notices until Ctrl-C')
    .option('-a, --all', 'of every environment', false)
    .addHelpText(
      'after',
      `
What is known when it begins comes first. When the engine it joined ends it goes on with the next one, and with its own
if there is none for half a minute. A reader that does not keep up gets fewer lines, never wrong ones. With --json one
object a line:
  {"at", "environment", "service", "from", "to", "reason"}     from is null for what is known for the first time
  {"at", "incident": "opened" | "updated" | "closed", "id", "explanation", "logLine", …}
  {"at", "notice": "shown" | "withdrawn", "title", "lines", …}
  {"at", "engine": "available" | "gone" | …, "name", "message"}`,
    );
  watch.action(() => go(async (context) => (await watchCommand()).runWatch(context, watch.opts()), watch));

  const incidents = command('incidents', 'list incidents, or show one with what happened in it')
    .enablePositionalOptions()
    .argument('[id]', 'its id, or a part of it that no other has')
    .option('--open', 'only those that go on', false)
    .option('--since <time>', 'a duration ago (24h) or an ISO 8601 time', '7d')
    .option('-a, --all', 'of every environment', false);
  incidents.action((id: string | undefined) =>
    go(async (context) => (await incidentCommands()).runIncidents(context, id, incidents.opts()), incidents),
  );
  const acknowledge = command('ack', 'acknowledge one: it is not told of again', incidents).argument('<id>');
  acknowledge.action((id: string) =>
    go(async (context) => (await incidentCommands()).runAcknowledge(context, id), acknowledge),
  );

  const pause = command('pause', 'probe nothing and tell nothing for a while')
    .option('--for <duration>', 'how long', '1h')
    .option('--end', 'watch again now', false)
    .option('-a, --all', 'every environment', false);
  pause.action(() => go(async (context) => (await healthCommands()).runPause(context, pause.opts()), pause));

  const snooze = command('snooze', 'hold back notices for a while')
    .argument('[service]', 'only about this one')
    .option('--for <duration>', 'how long', '1h')
    .option('--end', 'no longer', false);
  snooze.action((service: string | undefined) =>
    go(async (context) => (await healthCommands()).runSnooze(context, service, snooze.opts()), snooze),
  );
}
