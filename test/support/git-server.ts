import { execFile, spawn } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { type TemporaryFolder, temporaryFolder } from './temp.ts';

const run = promisify(execFile);

export interface GitServer {
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  /** Paths of the requests so far. */
  readonly requests: readonly string[];
  /** Commits these files, in place of all others, to the branch `main` of a repository. Gives the commit. */
  commit(repository: string, files: Readonly<Record<string, string>>): Promise<string>;
  /** Runs git in the repository's work tree. */
  git(repository: string, ...args: readonly string[]): Promise<string>;
  close(): Promise<void>;
}

/** Serves repositories over HTTP with git's own backend. */
export async function gitServer(): Promise<GitServer> {
  const parent: TemporaryFolder = await temporaryFolder();
  const requests: string[] = [];
  const environment = {
    ...process.env,
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_AUTHOR_NAME: 'test',
    GIT_AUTHOR_EMAIL: 'test@example.test',
    GIT_COMMITTER_NAME: 'test',
    GIT_COMMITTER_EMAIL: 'test@example.test',
  };
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://any');
    requests.push(url.pathname);
    const backend = spawn('git', ['-c', 'safe.directory=*', 'http-backend'], {
      env: {
        ...environment,
        GIT_PROJECT_ROOT: parent.path,
        GIT_HTTP_EXPORT_ALL: '1',
        REQUEST_METHOD: request.method ?? 'GET',
        PATH_INFO: decodeURIComponent(url.pathname),
        QUERY_STRING: url.search.slice(1),
        CONTENT_TYPE: request.headers['content-type'] ?? '',
        HTTP_CONTENT_ENCODING: request.headers['content-encoding'] ?? '',
        GIT_PROTOCOL: String(request.headers['git-protocol'] ?? ''),
      },
    });
    request.pipe(backend.stdin);
    backend.stdin.on('error', () => undefined);
    const chunks: Buffer[] = [];
    backend.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
    backend.on('close', () => {
      const whole = Buffer.concat(chunks);
      const end = whole.indexOf('\r\n\r\n');
      for (const line of whole.subarray(0, end).toString().split('\r\n')) {
        const [name = '', ...value] = line.split(': ');
        if (name === 'Status') response.statusCode = Number.parseInt(value.join(': '), 10);
        else if (name !== '') response.setHeader(name, value.join(': '));
      }
      response.end(whole.subarray(end + 4));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const git = async (repository: string, ...args: readonly string[]): Promise<string> => {
    const { stdout } = await run('git', [...args], { cwd: join(parent.path, repository), env: environment });
    return stdout.trim();
  };
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    git,
    async commit(repository, files) {
      const folder = join(parent.path, repository);
      await mkdir(folder, { recursive: true });
      await git(repository, 'init', '-q', '-b', 'main');
      await git(repository, 'config', 'uploadpack.allowAnySHA1InWant', 'true');
      await git(repository, 'rm', '-rqf', '--ignore-unmatch', '.');
      for (const [path, text] of Object.entries(files)) {
        await mkdir(dirname(join(folder, path)), { recursive: true });
        await writeFile(join(folder, path), text);
      }
      await git(repository, 'add', '-A', '-f', '.');
      await git(repository, 'commit', '-q', '--allow-empty', '-m', 'files');
      return git(repository, 'rev-parse', 'HEAD');
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await parent.remove();
    },
  };
}
