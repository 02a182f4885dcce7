import { execFile } from 'node:child_process';
import { chmod, cp, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { type TemporaryFolder, temporaryFolder } from './temp.ts';

const run = promisify(execFile);

export interface GitPlayground {
  readonly path: string;
  /** The variables of a user with a name and nothing else, for our git and for the test's own. */
  readonly environment: Readonly<Record<string, string>>;
  /** Git as anybody would call it. Rejects when it fails. */
  git(folder: string, ...args: readonly string[]): Promise<string>;
  /** The same, come what may. */
  tryGit(folder: string, ...args: readonly string[]): Promise<void>;
  write(folder: string, files: Readonly<Record<string, string>>): Promise<void>;
  /** Writes the files and commits them with all else that changed. */
  commit(folder: string, message: string, files?: Readonly<Record<string, string>>): Promise<string>;
  /** A program that writes its name into a file, and what it was called with. */
  script(path: string, body: string): Promise<string>;
  /**
   * `origin.git` with a branch main, and `mine`, a clone of it with two files. With `behind` the origin has a commit
   * more, which changes `shared.txt`.
   */
  cloned(options?: { readonly behind?: boolean; readonly name?: string }): Promise<Clone>;
  remove(): Promise<void>;
}

export interface Clone {
  readonly origin: string;
  readonly mine: string;
  /** Commits to the origin's branch from elsewhere. */
  push(message: string, files: Readonly<Record<string, string>>, branch?: string): Promise<string>;
}

/** A folder for repositories of a test, away from the configuration of whoever runs it. */
export async function gitPlayground(): Promise<GitPlayground> {
  const folder: TemporaryFolder = await temporaryFolder();
  const configuration = join(folder.path, 'user.gitconfig');
  await writeFile(configuration, '[user]\n\tname = Ada\n\temail = ada@example.test\n[init]\n\tdefaultBranch = main\n');
  const environment: Record<string, string> = {
    PATH: process.env['PATH'] ?? '',
    HOME: folder.path,
    GIT_CONFIG_GLOBAL: configuration,
    GIT_CONFIG_NOSYSTEM: '1',
  };
  const git = async (at: string, ...args: readonly string[]): Promise<string> => {
    const { stdout } = await run('git', [...args], {
      cwd: at,
      env: { ...environment, GIT_TERMINAL_PROMPT: '0' },
      maxBuffer: 64 * 1024 * 1024,
      timeout: 20_000,
    });
    return stdout.trimEnd();
  };
  const write = async (at: string, files: Readonly<Record<string, string>>): Promise<void> => {
    for (const [path, text] of Object.entries(files)) {
      await mkdir(dirname(join(at, path)), { recursive: true });
      await writeFile(join(at, path), text);
    }
  };
  const commit = async (at: string, message: string, files = {}): Promise<string> => {
    await write(at, files);
    await git(at, 'add', '-A');
    await git(at, 'commit', '-q', '--allow-empty', '-m', message);
    return git(at, 'rev-parse', 'HEAD');
  };
  let clones = 0;
  const templates: Partial<Record<'behind' | 'even', Promise<string>>> = {};

  async function template(behind: boolean): Promise<string> {
    const at = join(folder.path, behind ? 'template-behind' : 'template');
    const other = join(at, 'other');
    await mkdir(at);
    await git(at, 'init', '-q', '--bare', 'origin.git');
    await git(at, 'clone', '-q', join(at, 'origin.git'), other);
    await commit(other, 'feat: begin', { 'shared.txt': 'one\n', 'own.txt': 'mine\n' });
    await git(other, 'push', '-q', 'origin', 'main');
    await git(at, 'clone', '-q', join(at, 'origin.git'), 'mine');
    if (behind) await pusher(other)('feat: go on', { 'shared.txt': 'one\ntwo\n' });
    return at;
  }

  function pusher(other: string): Clone['push'] {
    return async (message, files, branch = 'main') => {
      await git(other, 'switch', '-q', '-C', branch);
      const made = await commit(other, message, files);
      await git(other, 'push', '-q', '-f', 'origin', branch);
      return made;
    };
  }

  return {
    path: folder.path,
    environment,
    git,
    tryGit: (at, ...args) => git(at, ...args).then(undefined, () => undefined) as Promise<void>,
    write,
    commit,
    async script(path, body) {
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, `#!/bin/sh\n${body}\n`);
      await chmod(path, 0o755);
      return path;
    },
    async cloned({ behind = false, name = 'mine' } = {}) {
      clones += 1;
      const at = join(folder.path, String(clones));
      const mine = join(at, name);
      const other = join(at, 'other');
      // Copied from the first one, which takes a tenth of the time.
      const kind = behind ? 'behind' : 'even';
      const made = templates[kind] ?? template(behind);
      templates[kind] = made;
      const from = await made;
      await cp(from, at, { recursive: true });
      if (name !== 'mine') await rename(join(at, 'mine'), mine);
      for (const each of [mine, other]) {
        const config = join(each, '.git', 'config');
        await writeFile(config, (await readFile(config, 'utf8')).replaceAll(from, at));
      }
      // The index knows files by more than their content.
      await git(mine, 'status');
      return { origin: join(at, 'origin.git'), mine, push: pusher(other) };
    },
    remove: () => folder.remove(),
  };
}
