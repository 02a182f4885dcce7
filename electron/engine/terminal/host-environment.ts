import { join } from 'node:path';

export interface HostEnvironmentInput {
  /** The user's own variables, as the engine got them. */
  readonly base: Readonly<Record<string, string>>;
  readonly platform: NodeJS.Platform;
  readonly shell: string;
  readonly version: string;
  readonly stack: StackVariables | null;
  readonly engine: EngineInUse | null;
}

/** What `docker compose` has to be told to speak of a stack, wherever in it the shell stands. */
export interface StackVariables {
  readonly projectName: string;
  /** Compose files in order, absolute. */
  readonly files: readonly string[];
  readonly envFiles: readonly string[];
  /** Absent: what the files and the user's variables say. */
  readonly profiles?: readonly string[] | undefined;
}

export interface EngineInUse {
  readonly id: string;
  readonly source: 'environment' | 'context' | 'socket';
  /** As `DOCKER_HOST` writes it. */
  readonly endpoint: string;
}

/** Of the way the app was started, and none of the user's. */
const internal =
  /^(ELECTRON_RUN_AS_NODE|ELECTRON_NO_ATTACH_CONSOLE|CHROME_DESKTOP|CHROME_DEVEL_SANDBOX|APPIMAGE|APPDIR|ARGV0|OWD|INIT_CWD)$/;
/** Of the terminal that the app itself was started in. */
const otherTerminal =
  /^(TMUX|TMUX_PANE|STY|WINDOW|WINDOWID|TERMCAP|COLUMNS|LINES|TERM_PROGRAM|TERM_PROGRAM_VERSION|TERM_SESSION_ID|VTE_VERSION|KONSOLE_.*|WT_SESSION|PWD|OLDPWD|SHLVL|_)$/;
/** Lists of paths into which an AppImage puts itself. */
const lists = ['PATH', 'LD_LIBRARY_PATH', 'XDG_DATA_DIRS', 'GSETTINGS_SCHEMA_DIR'];

/** The whole environment of a shell on this machine. Nothing that interpolation or the key store knows is in it. */
export function hostEnvironment(input: HostEnvironmentInput): Record<string, string> {
  const { base, stack } = input;
  const mount = base['APPDIR'];
  const byNpm = base['npm_lifecycle_event'] !== undefined;
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(base)) {
    if (internal.test(name) || otherTerminal.test(name) || (byNpm && name.startsWith('npm_'))) continue;
    const own = mount === undefined || mount === '' || !lists.includes(name) ? value : withoutOwn(value, mount);
    if (own !== '' || value === '') kept[name] = own;
  }
  return {
    ...withEngine(kept, input.engine),
    ...(stack === null ? {} : composeVariables(stack, input.platform)),
    SHELL: input.shell,
    TERM: 'xterm-256color',
    COLORTERM: 'truecolor',
    TERM_PROGRAM: 'GoldenHour',
    TERM_PROGRAM_VERSION: input.version,
  };
}

function withoutOwn(list: string, mount: string): string {
  return list
    .split(':')
    .filter((path) => path !== mount && !path.startsWith(join(mount, '/')))
    .join(':');
}

/**
 * The engine in use, for `docker` and for libraries that read `DOCKER_HOST` alone. A context that is reached over TCP is
 * named instead, since its certificates are in the context; and what came from `DOCKER_HOST` is there already.
 */
function withEngine(variables: Record<string, string>, engine: EngineInUse | null): Record<string, string> {
  if (engine === null || engine.source === 'environment') return variables;
  const { DOCKER_HOST: _host, DOCKER_CONTEXT: _context, ...others } = variables;
  if (engine.source === 'context' && engine.endpoint.startsWith('tcp://')) {
    return { ...others, DOCKER_CONTEXT: engine.id.replace(/^context:/, '') };
  }
  const { DOCKER_TLS_VERIFY: _tls, DOCKER_CERT_PATH: _certificates, ...plain } = others;
  return { ...plain, DOCKER_HOST: engine.endpoint };
}

function composeVariables(stack: StackVariables, platform: NodeJS.Platform): Record<string, string> {
  const separator = platform === 'win32' ? ';' : ':';
  // A path may hold the usual separator; Compose lets us choose another.
  const free =
    [separator, ';', '|', '\u001f'].find((one) => !stack.files.some((file) => file.includes(one))) ?? separator;
  return {
    COMPOSE_PROJECT_NAME: stack.projectName,
    ...(stack.files.length === 0 ? {} : { COMPOSE_FILE: stack.files.join(free), COMPOSE_PATH_SEPARATOR: free }),
    ...(stack.envFiles.length === 0 ? {} : { COMPOSE_ENV_FILES: stack.envFiles.join(',') }),
    ...(stack.profiles === undefined ? {} : { COMPOSE_PROFILES: stack.profiles.join(',') }),
  };
}
