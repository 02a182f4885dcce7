import { Command, Option } from 'commander';
import { version } from '../engine/version.ts';
import type { CommandContext, GlobalOptions } from './context.ts';
import { addHealthCommands } from './program-health.ts';
import { addRoutineCommands } from './program-routines.ts';

// Only what a command needs is read: the engine and its libraries take longer to load than most commands to run.
const configCommand = () => import('./commands/config.ts');
const doctorCommand = () => import('./commands/doctor.ts');
const execCommand = () => import('./commands/exec.ts');
const goldenCommands = () => import('./commands/golden.ts');
const logsCommand = () => import('./commands/logs.ts');
const schemaCommand = () => import('./commands/schema.ts');
const serveCommand = () => import('./commands/serve.ts');
const statsCommand = () => import('./commands/stats.ts');
const stackCommands = () => import('./commands/stack.ts');

/** Called with the work of the command that was asked for. */
export type Start = (work: (context: CommandContext) => Promise<number | undefined>, options: GlobalOptions) => void;

/** Every command and its options. Parsing only: what they do is in commands/. */
export function createProgram(start: Start): Command {
  const program = new Command('golden')
    .description('Golden images of your whole development stack.')
    .version(version)
    .option('-C, --directory <dir>', 'the project folder (else the current one or its nearest parent with a stack)')
    .option('--json', 'one JSON document on standard output (JSON lines for streams)', false)
    .option('-f, --file <file>', 'a Compose file (repeat for several)', collect)
    .option('-p, --project-name <name>', "the project's name")
    .option('--env-file <file>', 'a file of variables in place of .env (repeat for several)', collect)
    .option('--profile <name>', 'a profile to enable (repeat for several)', collect)
    .enablePositionalOptions()
    .showHelpAfterError('(golden --help lists the commands)')
    .addHelpText(
      'after',
      '\nExit codes: 0 done, 1 failed, 2 bad input, 3 no engine, 4 refused by a guard, 130 cancelled.',
    );

  // `--json` and `-C` work before and after the command's name.
  const command = (name: string, description: string, parent = program): Command =>
    parent
      .command(name)
      .description(description)
      .option('-C, --directory <dir>', 'the project folder')
      .option('--json', 'JSON on standard output');
  const go = (work: (context: CommandContext) => Promise<number | undefined>, own: Command): void => {
    const all = {
      ...program.opts<Partial<GlobalOptions>>(),
      ...own.parent?.opts<Partial<GlobalOptions>>(),
      ...own.opts<Partial<GlobalOptions>>(),
    };
    start(work, {
      directory: all.directory,
      json: all.json === true,
      // `serve` has a --port with the same letter, and no such options.
      file: all.file,
      envFile: all.envFile,
      profile: all.profile,
      projectName: all.projectName,
    });
  };
  // As for Compose before the command's name, or after it.
  const loading = (own: Command): Command =>
    own
      .option('-f, --file <file>', 'a Compose file (repeat for several)', collect)
      .option('-p, --project-name <name>', "the project's name")
      .option('--env-file <file>', 'a file of variables in place of .env (repeat for several)', collect)
      .option('--profile <name>', 'a profile to enable (repeat for several)', collect);

  const config = loading(command('config', 'print the resolved Compose model; needs no engine'))
    .addOption(new Option('--format <format>', 'output format').choices(['yaml', 'json']).default('yaml'))
    .option('--positions', 'print where each value comes from instead', false);
  config.action(() => go(async (context) => (await configCommand()).runConfig(context, config.opts()), config));

  const plan = loading(command('plan', 'say what `up` would change and what it costs')).argument('[services...]');
  plan.action((services: string[]) => go(async (context) => (await stackCommands()).runPlan(context, services), plan));

  for (const [verb, description] of [
    ['up', 'create what is missing and start it, waiting until it is healthy'],
    ['stop', 'stop containers and keep them'],
    ['restart', 'restart containers'],
    ['pull', 'fetch newer images and say what `up` would recreate; starts nothing'],
  ] as const) {
    const own = loading(command(verb, description)).argument('[services...]');
    own.action((services: string[]) =>
      go(async (context) => (await stackCommands()).runVerb(context, verb, services), own),
    );
  }
  const down = loading(command('down', 'stop and remove containers and networks; data stays')).option(
    '--remove-orphans',
    'remove containers of services that left the files as well',
    false,
  );
  down.action(() => go(async (context) => (await stackCommands()).runDown(context, down.opts()), down));

  const remove = loading(command('remove', 'remove containers and networks, with --volumes the data too'))
    .option('--volumes', 'delete the data as well', false)
    .option('-y, --yes', 'yes, delete the data', false);
  remove.action(() => go(async (context) => (await stackCommands()).runRemove(context, remove.opts()), remove));

  const status = command('status', 'show services, health and ports').option(
    '-a, --all',
    'every environment, one line each',
    false,
  );
  status.action(() => go(async (context) => (await stackCommands()).runStatus(context, status.opts()), status));

  const stats = command('stats', 'show what each service takes: CPU, memory, network, disk, latency, restarts');
  stats.action(() => go(async (context) => (await statsCommand()).runStats(context), stats));

  const logs = command('logs', 'print logs')
    .argument('[services...]')
    .option('--follow', 'go on with what is written from now on', false)
    .option('-n, --tail <lines>', 'lines of the past per container', wholeNumber, 100)
    .option('--since <time>', 'only from this time on (ISO 8601)')
    .option('-t, --timestamps', 'print times', false);
  logs.action((services: string[]) =>
    go(async (context) => (await logsCommand()).runLogs(context, services, logs.opts()), logs),
  );

  const exec = command('exec', 'run a command in a service (a shell when none is given)')
    .option('-T, --no-tty', 'plain pipes even on a terminal')
    .argument('<service>')
    .argument('[command...]')
    .passThroughOptions();
  exec.action((service: string, words: string[]) =>
    go(async (context) => (await execCommand()).runExec(context, service, words, exec.opts()), exec),
  );

  const capture = command('capture', 'capture a golden image of the data')
    .argument('<purpose>', 'what it is for, such as before-migration')
    .option('--tag <tag>', 'appended to the name')
    .option('--note <text>', 'kept with the image')
    .option('--in-place', 'leave plain volumes where they are instead of moving them into the store', false)
    .option('--plan', 'say what would be captured and moved and stop there', false);
  capture.action((purpose: string) =>
    go(async (context) => (await goldenCommands()).runCapture(context, purpose, capture.opts()), capture),
  );

  const images = command('images', 'list golden images').option('-a, --all', 'of every environment', false);
  images.action(() => go(async (context) => (await goldenCommands()).runImages(context, images.opts()), images));

  const restore = command('restore', 'restore a golden image; the state now stays as undo point')
    .argument('<image>', 'name, part of a name, or id')
    .option('--service <name>', 'only this service (repeat for several)', collect)
    .option('--plan', 'say what would happen and stop there', false);
  restore.action((image: string) =>
    go(async (context) => (await goldenCommands()).runRestore(context, image, restore.opts()), restore),
  );

  const undo = command('undo', 'bring back the state before the last restore').option(
    '--plan',
    'say what would happen and stop there',
    false,
  );
  undo.action(() => go(async (context) => (await goldenCommands()).runUndo(context, undo.opts()), undo));

  const verify = command('verify', 'compare a golden image with its hashes').argument('<image>');
  verify.action((image: string) => go(async (context) => (await goldenCommands()).runVerify(context, image), verify));

  addHealthCommands({ command, go });
  addRoutineCommands({ command, go });

  const doctor = command('doctor', 'check what Golden Hour needs, with remedies');
  doctor.action(() => go(async (context) => (await doctorCommand()).runDoctor(context), doctor));

  const schema = command('schema', 'print the JSON schema of golden.yml, for editors').option(
    '--write',
    'put it beside golden.yml and have golden.yml name it',
    false,
  );
  schema.action(() => go(async (context) => (await schemaCommand()).runSchema(context, schema.opts()), schema));

  const serve = command('serve', 'serve the window to a browser on this machine')
    .option('-p, --port <port>', 'port on 127.0.0.1; 0 picks a free one', wholeNumber, 0)
    .option('--metrics', 'show figures to Prometheus at /metrics, from now on')
    .option('--no-metrics', 'no longer show them');
  serve.action(() => go(async (context) => (await serveCommand()).runServe(context, serve.opts()), serve));

  return program;
}

/** Gathers an option that is given several times. */
function collect(value: string, before: string[] | undefined): string[] {
  return [...(before ?? []), value];
}

function wholeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0) throw new TypeError(`${text} is not a whole number.`);
  return value;
}
