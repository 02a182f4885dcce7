/** What is said of a key of golden.yml in an editor. */
export interface KeyDescription {
  readonly about: string;
  readonly examples?: readonly unknown[];
  readonly default?: unknown;
}

const about = (text: string, ...examples: readonly unknown[]): KeyDescription =>
  examples.length === 0 ? { about: text } : { about: text, examples };

const check: Readonly<Record<string, KeyDescription>> = {
  interval: { ...about('From the beginning of one probe to the beginning of the next.', '10s', '1m'), default: '10s' },
  timeout: { ...about('How long a probe may take to be answered.', '2s', '500ms'), default: '2s' },
  failures: { ...about('Failures in a row until the service is down.'), default: 3 },
  successes: { ...about('Successes in a row until it is healthy again.'), default: 2 },
  start_period: { ...about('How long after its start failures do not count.', '90s'), default: '60s' },
  latency_p95: about('Degraded when the 95th percentile of probes is above this for two minutes.', '250ms'),
  log_errors: about(
    'Lines of the log that count as errors: a regular expression, upper and lower case alike.',
    'rejected|dead letter',
  ),
  recovery: {
    ...about(
      'What is done when it is down: tell (notify), start it again (restart), or put its newest verified golden image back (restore).',
    ),
    default: 'notify',
  },
  muted: { ...about('Nobody is told of this service.'), default: false },
};
const port = about('Port of the container.', 5432);

const health: Readonly<Record<string, KeyDescription>> = {
  health: about('How services are checked.'),
  'health.defaults': about('For every service that says nothing itself.'),
  'health.services': about('By the name of the service in the Compose files.', { api: { interval: '10s' } }),
  'health.services.*.probe': about(
    'How the service is asked whether it works; exactly one kind. Absent: suggested from its image and ports.',
    { http: { port: 8080, path: '/health' } },
    { tcp: { port: 9000 } },
  ),
  'health.services.*.probe.http': about('A request; the answer counts by its status.'),
  'health.services.*.probe.http.port': port,
  'health.services.*.probe.http.path': { ...about('Path of the request.', '/health'), default: '/' },
  'health.services.*.probe.http.scheme': { ...about('With or without TLS.'), default: 'http' },
  'health.services.*.probe.http.method': { ...about('Method of the request.'), default: 'GET' },
  'health.services.*.probe.http.headers': about('Headers of the request.', { Host: 'shop.localhost' }),
  'health.services.*.probe.http.status': {
    ...about('Status codes that are well: 200, 2xx or 200-399.', ['2xx'], [200, '3xx']),
    default: ['200-399'],
  },
  'health.services.*.probe.http.body': about('Text that the first 64 KiB of the body must contain.'),
  'health.services.*.probe.http.insecure': {
    ...about('Accepts a certificate that no known authority signed; it must still not have expired.'),
    default: false,
  },
  'health.services.*.probe.tcp': about('Whether the port can be connected to.'),
  'health.services.*.probe.tcp.port': port,
  'health.services.*.probe.command': about('A command that ends with 0.'),
  'health.services.*.probe.command.run': about('The command and its arguments, without a shell.', ['./check.sh']),
  'health.services.*.probe.command.in': {
    ...about("Where it runs: in the container, or on this machine, in the stack's folder, once you allowed it."),
    default: 'container',
  },
  'health.services.*.probe.postgres': about('Whether PostgreSQL takes connections.'),
  'health.services.*.probe.postgres.port': port,
  'health.services.*.probe.postgres.user': about('User of the connection. Absent: as its environment says.'),
  'health.services.*.probe.postgres.database': about('Database of the connection. Absent: as its environment says.'),
  'health.services.*.probe.redis': about('Whether Redis answers PING.'),
  'health.services.*.probe.redis.port': port,
  'health.services.*.probe.mysql': about('Whether MySQL or MariaDB greets.'),
  'health.services.*.probe.mysql.port': port,
  'health.services.*.probe.amqp': about('Whether RabbitMQ, or another AMQP broker, greets.'),
  'health.services.*.probe.amqp.port': port,
  'health.services.*.probe.none': about('No probe: the state of the container and its HEALTHCHECK only.', true),
  ...Object.fromEntries(
    ['health.defaults', 'health.services.*'].flatMap((place) =>
      Object.entries(check).map(([key, description]) => [`${place}.${key}`, description]),
    ),
  ),
};

const day: Readonly<Record<string, KeyDescription>> = {
  day: about('What our own Morning startup and End of day go by, without declaring them step by step.'),
  'day.restore_after': about(
    'Data older than this is restored from an image in the morning. Absent: never by itself.',
    '7d',
  ),
  'day.restore_image': {
    ...about('Which image that is: latest, a name, or the beginning of one with *.', 'golden-dev-seed-*'),
    default: 'latest',
  },
  'day.capture_when': {
    ...about('The End of day captures a golden image when more than this changed.', '50MiB', '1GB'),
    default: '50MiB',
  },
  'day.at_end': { ...about('What the End of day does with what runs.'), default: 'stop' },
  'day.wip': {
    ...about('Where the End of day commits open work: to a branch of wip/, to the current one, or not at all.'),
    default: 'branch',
  },
  'day.push': { ...about('Pushes what was committed.'), default: false },
  'day.idle': about('Asks to stop what nobody used. Nothing is stopped without an answer.', {
    after: '2h',
    from: '19:00',
  }),
  'day.idle.after': about('Nobody used it for so long.', '2h'),
  'day.idle.from': about('Not before this time of day; until 04:00.', '19:00'),
};

const schedule: Readonly<Record<string, KeyDescription>> = {
  'routines.*.schedule': about(
    'When it starts by itself: a proposal, which everybody turns on for their own machine.',
    { ready_by: '08:45' },
  ),
  'routines.*.schedule.at': about('Starts at this time.', '17:30'),
  'routines.*.schedule.ready_by': about(
    'Starts early enough to be done by then, going by how long it took before.',
    '08:45',
  ),
  'routines.*.schedule.cron': about(
    'For everything else: minute, hour, day, month and weekday.',
    '30 8 * * mon-fri',
    '0 17 1 * *',
  ),
  'routines.*.schedule.days': {
    ...about('On which days. For cron the expression says it.', ['mon', 'wed']),
    default: ['mon', 'tue', 'wed', 'thu', 'fri'],
  },
  'routines.*.schedule.on': about('At the first unlock or wake-up after a night.', ['unlock', 'resume']),
  'routines.*.schedule.skip_on_low_battery': { ...about('Not below 20 % on battery.'), default: true },
  'routines.*.schedule.skip_on_metered': { ...about('Not on a metered network.'), default: false },
};

const routines: Readonly<Record<string, KeyDescription>> = {
  routines: about(
    'Routines of your own. morning and evening replace ours of that name. Docker, git, the stack and golden images are known as steps; run is a command, which is shown and asked about before it runs the first time.',
    { 'before-lunch': { steps: [{ uses: 'golden.capture' }] } },
  ),
  'routines.*': about('One routine.'),
  'routines.*.title': about('What it is called. Absent: its name.', 'Morning startup'),
  'routines.*.budget': { ...about('How long it may take.', '10m'), default: '5m' },
  ...schedule,
  'routines.*.steps': about('What it does. A step waits for the one before it, unless it says what it needs.'),
  'routines.*.steps[].id': about('Name of the step, for needs. Absent: what it does, numbered when that is taken.'),
  'routines.*.steps[].title': about('What is read of it. Absent: words of its kind.'),
  'routines.*.steps[].uses': about('What it does.'),
  'routines.*.steps[].run': about(
    "A command: through the system's shell when it is text, without one when it is a list.",
    'make seed',
    ['make', 'seed'],
  ),
  'routines.*.steps[].folder': about("Of run: a folder below the stack's.", 'tools'),
  'routines.*.steps[].environment': about('Of run: more variables.', { CI: '1' }),
  'routines.*.steps[].service': about("Of run: in this service's container instead of on this machine.", 'api'),
  'routines.*.steps[].needs': about(
    'Steps that must have ended well, or been skipped by their condition. Absent: the step before. []: none.',
    ['git.pull'],
    [],
  ),
  'routines.*.steps[].if': about(
    'A condition; when it is false the step is skipped.',
    'data.changed > 50MiB',
    'branch.behind > 0 and not on.battery',
  ),
  'routines.*.steps[].timeout': about('How long one try may take. Absent: as is usual for what it does.', '10m'),
  'routines.*.steps[].retries': about('How often it is tried again when it fails.', 2, { times: 2, pause: '5s' }),
  'routines.*.steps[].retries.times': about('How often.'),
  'routines.*.steps[].retries.pause': {
    ...about('How long it waits before; doubles from try to try.', '5s'),
    default: '2s',
  },
  'routines.*.steps[].optional': {
    ...about('Its failure is a remark, and those that need it go on.'),
    default: false,
  },
  'routines.*.steps[].ask': { ...about('Asks before it does anything.'), default: false },
  'routines.*.steps[].with': about('Options of what it does.'),
};

const rest: Readonly<Record<string, KeyDescription>> = {
  version: about('Version of this file.', 1),
  name: about("The stack's name. Absent: the Compose project's.", 'shop'),
  class: { ...about('What kind of environment it is.'), default: 'development' },
  compose: about('Which Compose files make the stack.'),
  'compose.files': about('Compose files in order. Absent: what Compose finds.', ['compose.yaml']),
  'compose.env_files': about('Files of variables in place of .env.', ['.env', '.env.local']),
  'compose.profiles': about('Profiles that are enabled.', ['debug']),
  golden: about('Golden images.'),
  'golden.exclude': about('Volumes (by their key in the Compose file) that no golden image contains.', ['cache']),
  'golden.gate_timeout': {
    ...about('How long a restore waits for health before it switches back.', '90s'),
    default: '2m',
  },
  git: about('Repositories of the stack, and what is the custom in them.'),
  'git.repositories': about(
    "Folders of repositories, relative to this file. Absent: the one that the stack's folder is in.",
    ['.', '../backend'],
  ),
  'git.base': about('What branches start from. Absent: what the remote calls its HEAD.', 'main'),
  'git.protected': about(
    'Branches that are never committed to and never pushed, with * for any text. Absent: main, master, develop, release/* and the base.',
    ['main', 'release/*'],
  ),
  'git.branches': about('A regular expression that names of branches follow.', '^(feature|fix)/[A-Z]+-\\d+'),
  'git.commits': about(
    'conventional, or a regular expression that the first line of a message follows.',
    'conventional',
  ),
  'git.large_files': { ...about('Files above this are warned of before a commit.', '10MiB'), default: '10MiB' },
  config: about('Files and variables that every machine needs.'),
  'config.source': about(
    'Files of the team: a folder, https://… of a file, or a git repository as Compose writes it.',
    'https://github.com/acme/config.git#main:dev',
  ),
  'config.files': about('Where each goes, relative to this file: from: to.', { 'dev.env': '.env' }),
  'config.env': about('Env files and the templates they follow. Absent: .env where .env.example lies beside it.', {
    '.env': '.env.example',
  }),
  'config.secrets': about("Variables that are asked for once and kept in the system's key store, never in a file.", [
    'API_TOKEN',
  ]),
  'config.migrations': about('Files that are migrations; new ones are told of in the morning.', ['db/migrations/**']),
  domains: about('Which parts of the repository concern which services and tests.', {
    orders: { paths: ['src/orders/**'], services: ['api'] },
  }),
  'domains.*': about('One domain.'),
  'domains.*.paths': about('Its files, as patterns.', ['src/orders/**']),
  'domains.*.services': about('Services that a change in them concerns.', ['api']),
  'domains.*.tests': about('Commands that test it; they are shown, and run only when somebody presses them.', [
    'npm test -- orders',
  ]),
};

/** By path: `*` is any name, `[]` any item. */
export const keyDescriptions: Readonly<Record<string, KeyDescription>> = { ...rest, ...health, ...day, ...routines };
