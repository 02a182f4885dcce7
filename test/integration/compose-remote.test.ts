import { chmod, mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../electron/engine/platform/clock.ts';
import { systemFiles } from '../../electron/engine/platform/files.ts';
import { runProcess } from '../../electron/engine/platform/processes.ts';
import { type LoadedProject, loadProject } from '../../electron/engine/stacks/compose/load.ts';
import { printProject } from '../../electron/engine/stacks/compose/print.ts';
import { findRisks } from '../../electron/engine/stacks/compose/risks.ts';
import { createGitSources } from '../../electron/engine/stacks/remote/git-sources.ts';
import { problemsOf } from '../../shared/domain/problem.ts';
import { AppError } from '../../shared/errors.ts';
import { compose } from '../support/compose.ts';
import { type GitServer, gitServer } from '../support/git-server.ts';
import { type TemporaryFolder, temporaryFolder } from '../support/temp.ts';

/* Compose files in git repositories, beside the real docker compose; git's own server gives them. */

let server: GitServer;
let parent: TemporaryFolder;
let folder = '';
let cache = '';
let commit = '';
let number = 0;

const files = {
  'compose.yaml':
    'services:\n  web: { image: "x${INCLUDED-none}", volumes: ["./data:/data"], build: ./ctx, env_file: web.env }\n',
  '.env': 'INCLUDED=root\n',
  'web.env': 'W=1\n',
  'ctx/Dockerfile': 'FROM x\n',
  'sub/compose.yml':
    'services:\n  sub: { image: "y${INCLUDED-none}", volumes: ["./here:/here"], extends: { file: other.yaml, service: base } }\n',
  'sub/other.yaml': 'services:\n  base: { image: b, volumes: ["./base:/base"], env_file: base.env }\n',
  'sub/base.env': 'B=1\n',
  'base.env': 'B=root\n',
  'sub/.env': 'INCLUDED=sub\n',
  'sub/flat.yaml': 'services: { flat: { image: f, volumes: ["./flat:/flat"] } }\n',
  'sub/nested.yaml': 'include: [compose.yml]\nservices: { inc: { image: i, volumes: ["./inc:/inc"] } }\n',
};

beforeAll(async () => {
  server = await gitServer();
  parent = await temporaryFolder();
  commit = await server.commit('shop.git', files);
  await server.git('shop.git', 'tag', '-a', '-m', 'first', 'v1');
});

beforeEach(async () => {
  number += 1;
  folder = join(parent.path, `project${number}`);
  cache = join(parent.path, `cache${number}`);
  await mkdir(folder);
});

afterAll(async () => {
  await server.close();
  await parent.remove();
});

function load(
  input: { readonly files?: readonly string[] } = {},
  allowed: (source: string) => boolean = () => true,
): Promise<LoadedProject> {
  const environment = { ...process.env, HOME: folder };
  const remote = createGitSources({
    files: systemFiles,
    clock: systemClock,
    run: runProcess,
    environment,
    cacheFolder: join(cache, 'docker-compose'),
    allowed,
  });
  return loadProject({ folder, ...input, environment: { HOME: folder, PWD: folder } }, { files: systemFiles, remote });
}

async function theirs(...args: readonly string[]): Promise<unknown> {
  const shown = await compose([...args, 'config', '--format', 'json'], {
    folder,
    environment: { XDG_CACHE_HOME: cache, HOME: folder, PWD: folder },
  });
  expect(shown.exitCode, shown.stderr).toBe(0);
  return JSON.parse(shown.stdout);
}

const ours = ({ project }: LoadedProject): unknown => JSON.parse(printProject(project, 'json'));
const write = (text: string, name = 'compose.yaml'): Promise<void> => writeFile(join(folder, name), text);

async function refused(work: Promise<unknown>): Promise<AppError> {
  const error = await work.then(
    () => undefined,
    (failure: unknown) => failure,
  );
  if (!(error instanceof AppError)) throw new Error(`not refused: ${String(error)}`);
  return error;
}

describe('a repository', () => {
  it.each([
    ['included whole', () => `include: ['${server.url}/shop.git']`],
    ['included from a folder of a branch', () => `include: ['${server.url}/shop.git#main:sub']`],
    ['included with a file that includes another', () => `include: ['${server.url}/shop.git#:sub/nested.yaml']`],
    ['included at a tag', () => `include: ['${server.url}/shop.git#v1']`],
    ['included at a tag by query', () => `include: ['${server.url}/shop.git?tag=v1&subdir=sub']`],
    ['included at a commit', () => `include: ['${server.url}/shop.git#${commit}:sub/flat.yaml']`],
    ['included under a file of the project', () => `include: [{ path: ['${server.url}/shop.git', over.yaml] }]`],
    ['extended', () => `services: { mine: { extends: { file: '${server.url}/shop.git', service: web }, image: own } }`],
    [
      'extended in a folder',
      () => `services: { mine: { extends: { file: '${server.url}/shop.git#:sub/flat.yaml', service: flat } } }`,
    ],
  ])('%s gives the model and the hashes of docker compose', async (_name, text) => {
    await write(`${text()}\n`);
    await write('services: { web: { labels: { a: b } } }\n', 'over.yaml');
    // Ours fetches first; Compose then takes what is there as its own.
    const loaded = await load();
    const before = server.requests.length;
    expect(ours(loaded)).toEqual(await theirs());
    const fetched = server.requests.slice(before).filter((path) => path.endsWith('git-upload-pack'));
    expect(fetched.length).toBeLessThanOrEqual(1);
    expect(await readdir(join(cache, 'docker-compose'))).toHaveLength(1);
  });

  it.each([
    ['alone', () => [`${server.url}/shop.git`]],
    ['in a folder', () => [`${server.url}/shop.git#main:sub`]],
    ['before a file of the project', () => [`${server.url}/shop.git`, 'over.yaml']],
    ['after a file of the project', () => ['over.yaml', `${server.url}/shop.git`]],
  ])('as one of the files, %s, gives the model of docker compose', async (_name, given) => {
    await write('services: { web: { labels: { a: "${LOCAL-none}" } } }\n', 'over.yaml');
    await write('LOCAL=yes\nINCLUDED=local\n', '.env');
    const expected = await theirs(...given().flatMap((file) => ['-f', file]));
    expect(ours(await load({ files: given() }))).toEqual(expected);
  });

  it('is named with its commit, in positions and as a risk', async () => {
    await write(`include:\n  - ${server.url}/shop.git#main:sub/flat.yaml\n`);
    const loaded = await load();
    const at = `${server.url}/shop.git@${commit.slice(0, 12)}:sub/flat.yaml`;
    expect(loaded.positionOf(['services', 'flat', 'image'])).toMatchObject({ file: at, line: 1 });
    expect(findRisks(loaded)).toContainEqual({
      service: loaded.project.name,
      kind: 'remote-file',
      message: `${loaded.project.name} fetches ${server.url}/shop.git#main at commit ${commit}: whoever can change it decides what runs here.`,
      position: { file: join(folder, 'compose.yaml'), line: 2, column: 5 },
    });
  });

  it('is followed when its branch moves', async () => {
    const first = await server.commit('moves.git', { 'compose.yaml': 'services: { web: { image: one } }\n' });
    await write(`include: ['${server.url}/moves.git']\n`);
    expect((await load()).fetched).toMatchObject([{ commit: first }]);
    const second = await server.commit('moves.git', { 'compose.yaml': 'services: { web: { image: two } }\n' });
    const after = await load();
    expect(after.fetched).toMatchObject([{ commit: second }]);
    expect(after.project.services['web']?.image).toBe('two');
  });
});

describe('refused, with a place, is', () => {
  it('what nobody allowed, before anything is asked of the server', async () => {
    await write(`include:\n  - ${server.url}/shop.git\nservices: { a: { image: x } }\n`);
    const before = server.requests.length;
    const asked: string[] = [];
    const error = await refused(load({}, (source) => !asked.push(source)));
    expect(error.code).toBe('compose.not-allowed');
    expect(problemsOf(error.details)).toMatchObject([
      { source: `${server.url}/shop.git`, position: { file: join(folder, 'compose.yaml'), line: 2, column: 5 } },
    ]);
    expect(asked).toEqual([`${server.url}/shop.git`]);
    expect(server.requests.length).toBe(before);
  });

  it.each([
    ['a branch that is not there', () => `${server.url}/shop.git#nowhere`, 'compose.fetch-failed'],
    ['a repository that is not there', () => `${server.url}/none.git`, 'compose.fetch-failed'],
    ['a path that is not there', () => `${server.url}/shop.git#main:no/such`, 'compose.fetch-failed'],
    ['a path that leads out', () => `${server.url}/shop.git#main:../..`, 'compose.unsupported'],
    ['a commit that is not the one demanded', () => `${server.url}/shop.git?checksum=0123abcd`, 'compose.fetch-failed'],
    ['a transport that runs programs', () => 'ext::sh -c "touch /tmp/no"', 'compose.file-missing'],
    ['a transport by address', () => 'ext://sh', 'compose.unsupported'],
    ['a folder by address', () => 'file:///etc/shop.git', 'compose.unsupported'],
    ['a web page', () => 'https://host.test/compose.yaml', 'compose.unsupported'],
    ['an artefact of a registry', () => 'oci://host.test/shop:1', 'compose.unsupported'],
    ['an option in place of a reference', () => `${server.url}/shop.git#--upload-pack=x`, 'compose.unsupported'],
    ['an option in place of a host', () => 'ssh://-oProxyCommand=x/shop.git', 'compose.unsupported'],
  ])('%s', async (_name, path, code) => {
    await write(`include:\n  - '${path()}'\nservices: { a: { image: x } }\n`);
    const error = await refused(load());
    expect(error.code).toBe(code);
    for (const problem of problemsOf(error.details)) expect(problem.position).toMatchObject({ line: 2, column: 5 });
    const services = await compose(['config', '-q'], { folder, environment: { XDG_CACHE_HOME: cache } });
    if (!path().includes('checksum')) expect(services.exitCode).not.toBe(0);
  });

  it('a file that is a link out of the repository', async () => {
    await server.commit('links.git', { 'a.txt': '' });
    const root = await server.git('links.git', 'rev-parse', '--show-toplevel');
    await symlink('/etc/hostname', join(root, 'compose.yaml'));
    await server.git('links.git', 'add', '-A');
    await server.git('links.git', 'commit', '-q', '-m', 'link');
    await write(`include: ['${server.url}/links.git']\n`);
    expect((await refused(load())).message).toContain('leads out of the repository');
  });

  it('a file that includes itself from elsewhere', async () => {
    await server.commit('circle.git', { 'compose.yaml': `include: ['${server.url}/circle.git']\n` });
    await write(`include: ['${server.url}/circle.git']\n`);
    const error = await refused(load());
    expect(error.code).toBe('compose.cycle');
    expect(problemsOf(error.details)[0]?.position?.file).toContain(`${server.url}/circle.git@`);
  });
});

describe('a hostile repository', () => {
  it('runs nothing: no hooks, filters, submodules, monitors or templates', async () => {
    const mark = join(folder, 'ran');
    const program = join(folder, 'program');
    await writeFile(program, `#!/bin/sh\necho "$0 $*" >> ${mark}\ncat\n`);
    await chmod(program, 0o755);
    await mkdir(join(folder, 'hooks'));
    for (const hook of ['post-checkout', 'reference-transaction', 'post-merge', 'post-index-change']) {
      await writeFile(join(folder, 'hooks', hook), `#!/bin/sh\necho ${hook} >> ${mark}\n`);
      await chmod(join(folder, 'hooks', hook), 0o755);
    }
    // What a careless user may have set up, and what the repository calls for.
    await writeFile(
      join(folder, '.gitconfig'),
      `[filter "evil"]\n\tsmudge = ${program}\n\tclean = ${program}\n\trequired = true\n[core]\n\thooksPath = ${join(folder, 'hooks')}\n\tfsmonitor = ${program}\n[submodule]\n\trecurse = true\n[protocol "ext"]\n\tallow = always\n[init]\n\ttemplateDir = ${folder}\n`,
    );
    await server.commit('evil.git', {
      'compose.yaml': 'services: { web: { image: x } }\n',
      '.gitattributes': '* filter=evil\n',
      '.gitmodules': `[submodule "s"]\n\tpath = s\n\turl = ext::${program}\n`,
      '.git-hooks/post-checkout': '#!/bin/sh\nexit 1\n',
    });
    await write(`include: ['${server.url}/evil.git']\n`);
    const loaded = await load();
    expect(loaded.project.services['web']?.image).toBe('x');
    expect(await readFile(mark, 'utf8').catch(() => 'nothing')).toBe('nothing');
    const { root } = loaded.fetched[0]!;
    expect(await readdir(join(root, '.git'))).not.toContain('hooks');
  });

  it('is not taken from a checkout that was cut off', async () => {
    await write(`include: ['${server.url}/shop.git']\n`);
    await mkdir(join(cache, 'docker-compose', commit), { recursive: true });
    const error = await refused(load());
    expect(error).toMatchObject({ code: 'compose.fetch-failed' });
    expect(error.message).toContain('incomplete');
  });

  it('leaves nothing behind when the fetch is cancelled', async () => {
    await write(`include: ['${server.url}/shop.git']\n`);
    const stop = new AbortController();
    const remote = createGitSources({
      files: systemFiles,
      clock: systemClock,
      run: (command, args, options) => {
        if (args.includes('fetch')) stop.abort(new Error('cancelled'));
        return runProcess(command, args, options);
      },
      environment: process.env,
      cacheFolder: join(cache, 'docker-compose'),
      allowed: () => true,
    });
    const loading = loadProject({ folder, environment: {} }, { files: systemFiles, remote, signal: stop.signal });
    await expect(loading).rejects.toThrow('cancelled');
    expect(await readdir(join(cache, 'docker-compose'))).toEqual([]);
  });
});
