import { AppError } from '../../../shared/errors.ts';
import type { Files } from '../platform/files.ts';
import type { RunProcess } from '../platform/processes.ts';
import { gitEnvironment, repositorySettings, saidByGit } from './hardening.ts';
import { findGit } from './program.ts';

export interface GitDeps {
  readonly run: RunProcess;
  readonly files: Files;
  /** The shell's variables. */
  readonly environment: Readonly<Record<string, string | undefined>>;
}

export type Setting = readonly [key: string, value: string];

export interface GitCall<F extends string> {
  readonly signal: AbortSignal;
  /** Ms. Default one minute. */
  readonly timeoutMs?: number;
  /** Failures that the caller knows what to do about, by an exit code or by what git says. Any other one is thrown. */
  readonly expects?: Readonly<Record<F, number | RegExp>>;
  readonly input?: string;
  /** `latin1` for names of files, which are bytes. */
  readonly encoding?: 'utf8' | 'latin1';
  /** Of output. Default 16 MiB; more is an error unless `cut` is true. */
  readonly maxBytes?: number;
  readonly cut?: boolean;
  /** May talk to servers, by these protocols. Absent: to none. */
  readonly protocols?: readonly string[];
  /** Variables beside the usual. */
  readonly variables?: Readonly<Record<string, string>>;
}

export interface GitDone<F extends string> {
  readonly stdout: string;
  readonly stderr: string;
  /** Which of the expected failures it was; null: none. */
  readonly failure: F | null;
  readonly cut: boolean;
}

export interface GitPlace {
  /** Where git is started. It looks for a repository here and nowhere above. */
  readonly folder: string;
  /** The parent of `folder`. */
  readonly ceiling: string;
  /** Settings that go before the repository's, after those that always do. */
  readonly settings: readonly Setting[];
  readonly variables: Readonly<Record<string, string>>;
}

/**
 * The one way git is called in the user's repositories: nothing that a repository holds is run, nobody is asked for
 * anything, and it ends. The user's own configuration stays in force.
 */
export interface GitRunner {
  run<F extends string = never>(place: GitPlace, args: readonly string[], call: GitCall<F>): Promise<GitDone<F>>;
  /** The variables of the user that say how to reach a server. */
  readonly environment: Readonly<Record<string, string | undefined>>;
}

const minute = 60_000;

/** Throws `git.not-found`, `git.failed`, `git.denied` (a repository of somebody else), `operation.timeout`. */
export function createGitRunner(deps: GitDeps): GitRunner {
  let program: Promise<string> | undefined;

  async function find(signal: AbortSignal): Promise<string> {
    const found = await findGit(deps.environment, deps.files, process.platform);
    const asked = await deps.run(found, ['version'], {
      signal,
      timeoutMs: minute,
      environment: gitEnvironment(deps.environment, false),
    });
    const [, major, minor] = /git version (\d+)\.(\d+)/.exec(asked.stdout) ?? [];
    if (Number(major) > 2 || (Number(major) === 2 && Number(minor) >= 31)) return found;
    throw new AppError({
      code: 'git.not-found',
      message: `${found} is too old: ${asked.stdout.trim() || saidByGit(asked)}.`,
      remedy: 'Install git 2.31 or newer and start Golden Hour again.',
    });
  }

  function variables(place: GitPlace, call: GitCall<string>): Record<string, string> {
    const environment = { ...gitEnvironment(deps.environment, true), ...place.variables, ...call.variables };
    const settings = [...Object.entries(repositorySettings), ...place.settings];
    settings.forEach(([key, value], index) => {
      environment[`GIT_CONFIG_KEY_${index}`] = key;
      environment[`GIT_CONFIG_VALUE_${index}`] = value;
    });
    return {
      ...environment,
      GIT_CONFIG_COUNT: String(settings.length),
      GIT_CEILING_DIRECTORIES: place.ceiling,
      GIT_OPTIONAL_LOCKS: '0',
      GIT_PAGER: 'cat',
      GIT_EDITOR: ':',
      GIT_SEQUENCE_EDITOR: ':',
      // What it lists is allowed and nothing else, whatever any configuration says.
      GIT_ALLOW_PROTOCOL: call.protocols?.join(':') ?? 'none',
      // A missing object is an error, not a reason to ask the server that the repository names.
      ...(call.protocols === undefined ? { GIT_NO_LAZY_FETCH: '1' } : {}),
    };
  }

  return {
    environment: deps.environment,
    async run(place, args, call) {
      program ??= find(call.signal).catch((error: unknown) => {
        program = undefined;
        throw error;
      });
      const done = await deps.run(await program, ['--no-pager', '--literal-pathspecs', ...args], {
        signal: call.signal,
        timeoutMs: call.timeoutMs ?? minute,
        folder: place.folder,
        environment: variables(place, call),
        maxBytes: call.maxBytes ?? 16 * 1024 * 1024,
        ...(call.input === undefined ? {} : { input: call.input }),
        ...(call.encoding === undefined ? {} : { encoding: call.encoding }),
      });
      const { stdout, stderr, exitCode, truncated } = done;
      if (truncated && call.cut !== true) {
        throw failed(args, place.folder, 'it said more than can be held', 'Look at the repository with git itself.');
      }
      if (exitCode === 0) return { stdout, stderr, failure: null, cut: truncated };
      const expected = Object.entries<number | RegExp>(call.expects ?? {}).find(([, sign]) =>
        typeof sign === 'number' ? sign === exitCode : sign.test(stderr),
      );
      if (expected !== undefined) {
        return { stdout, stderr, failure: expected[0] as keyof typeof call.expects & string as never, cut: truncated };
      }
      throw explain(args, place.folder, done);
    },
  };
}

function explain(args: readonly string[], folder: string, done: Parameters<typeof saidByGit>[0]): AppError {
  if (/dubious ownership|unsafe repository/.test(done.stderr)) {
    return new AppError({
      code: 'git.denied',
      message: `${folder} belongs to somebody else, so git does not open it.`,
      remedy: `If you trust it: git config --global --add safe.directory '${folder}'`,
      details: { folder },
    });
  }
  if (/\.lock': File exists|Unable to create '.*\.lock'/.test(done.stderr)) {
    const remedy = 'Wait until it ends; if none runs, remove the .lock file that git names.';
    return failed(args, folder, `another git works there (${saidByGit(done)})`, remedy);
  }
  return failed(args, folder, saidByGit(done), 'Run it by hand there to see more.');
}

function failed(args: readonly string[], folder: string, reason: string, remedy: string): AppError {
  return new AppError({
    code: 'git.failed',
    message: `git ${args[0]} failed in ${folder}: ${reason.replace(/\.$/, '')}.`,
    remedy,
    details: { folder },
  });
}
