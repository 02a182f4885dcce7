import { cp, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Challenge, challengeServer } from './challenge-server.ts';
import type { GitPlayground } from './git-repositories.ts';

/** A repository made to run something on whoever looks at it. */
export interface Trap {
  /** The folder that is opened. */
  readonly folder: string;
  /** Git as anybody calls it, so that the trap is seen to work. */
  readonly provoke: readonly (readonly string[])[];
  /** Where else than in `folder` that is done. */
  readonly provokeIn?: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly close?: () => Promise<void>;
}

export interface Trick {
  readonly name: string;
  /** Why plain git cannot be seen to fall for it here. Absent: it is. */
  readonly unseen?: string;
  /** `fire` is a command that leaves the sign that it was run; `sign` the file it leaves. */
  make(at: GitPlayground, fire: string, sign: string): Promise<Trap>;
}

const hookNames = [
  'pre-auto-gc',
  'post-checkout',
  'post-merge',
  'post-index-change',
  'pre-commit',
  'post-commit',
  'pre-push',
  'reference-transaction',
  'pre-merge-commit',
];

/** Changed so that git has to look at the content again, and so that there is something to commit. */
async function dirty(at: GitPlayground, folder: string): Promise<void> {
  await at.write(folder, { 'own.txt': 'changed\n', 'new.txt': 'new\n' });
}

/** A clone that is behind and dirty, with these settings of its own. */
async function configured(
  at: GitPlayground,
  settings: readonly (readonly [string, string])[],
  provoke: Trap['provoke'],
): Promise<Trap> {
  const { mine } = await at.cloned({ behind: true });
  for (const [key, value] of settings) await at.git(mine, 'config', '--add', key, value);
  await dirty(at, mine);
  return { folder: mine, provoke };
}

const status = ['status'] as const;
const fetch = ['fetch', 'origin'] as const;
const pull = ['pull', '-q'] as const;

async function withServer(at: GitPlayground, make: (server: Challenge) => readonly (readonly [string, string])[]) {
  const server = await challengeServer();
  const trap = await configured(at, make(server), [fetch]);
  await at.git(trap.folder, 'remote', 'set-url', 'origin', `${server.url}/x.git`);
  return { ...trap, close: server.close };
}

async function withRemote(at: GitPlayground, url: string, settings: readonly (readonly [string, string])[]) {
  const trap = await configured(at, settings, [fetch]);
  await at.git(trap.folder, 'remote', 'set-url', 'origin', url);
  return trap;
}

/** A commit that claims to be signed, so that whoever looks at it asks the program that checks signatures. */
async function signedCommit(at: GitPlayground, folder: string): Promise<void> {
  const head = await at.git(folder, 'cat-file', 'commit', 'HEAD');
  const signature = 'gpgsig -----BEGIN PGP SIGNATURE-----\n \n x\n -----END PGP SIGNATURE-----\n';
  const text = head.replace('\n\n', `\n${signature}\n`);
  const file = join(folder, '.git', 'signed');
  await writeFile(file, `${text}\n`);
  const made = await at.git(folder, 'hash-object', '-t', 'commit', '-w', file);
  await at.git(folder, 'update-ref', 'HEAD', made);
}

export const tricks: readonly Trick[] = [
  {
    name: 'core.fsmonitor',
    make: (at, fire) => configured(at, [['core.fsmonitor', fire]], [status]),
  },
  {
    name: 'core.fsmonitor in a file that the configuration includes',
    async make(at, fire) {
      const trap = await configured(at, [['include.path', '../more.inc']], [status]);
      await at.write(trap.folder, { 'more.inc': `[core]\n\tfsmonitor = "${fire}"\n` });
      return trap;
    },
  },
  {
    name: 'core.fsmonitor in a file that is included for this folder',
    async make(at, fire) {
      const trap = await configured(at, [['includeIf.gitdir:**.path', '../more.inc']], [status]);
      await at.write(trap.folder, { 'more.inc': `[core]\n\tfsmonitor = "${fire}"\n` });
      return trap;
    },
  },
  {
    name: 'core.fsmonitor for one working tree',
    async make(at, fire) {
      const trap = await configured(at, [['extensions.worktreeConfig', 'true']], [status]);
      await at.git(trap.folder, 'config', '--worktree', 'core.fsmonitor', fire);
      return trap;
    },
  },
  {
    name: 'hooks',
    async make(at, fire) {
      const trap = await configured(at, [['gc.auto', '1']], [pull]);
      for (const name of hookNames) await at.script(join(trap.folder, '.git', 'hooks', name), fire);
      return trap;
    },
  },
  {
    name: 'hooks elsewhere (core.hooksPath)',
    async make(at, fire) {
      const trap = await configured(at, [['core.hooksPath', 'tools']], [pull]);
      for (const name of hookNames) await at.script(join(trap.folder, 'tools', name), fire);
      return trap;
    },
  },
  {
    name: 'hooks in the configuration',
    unseen: 'git has them since 2.54',
    make: (at, fire) =>
      configured(
        at,
        ['reference-transaction', 'post-merge', 'pre-push', 'post-index-change'].flatMap((event) => [
          [`hook.${event}-x.command`, fire] as const,
          [`hook.${event}-x.event`, event] as const,
        ]),
        [pull],
      ),
  },
  ...(['clean', 'smudge', 'process'] as const).map(
    (variable): Trick => ({
      name: `filter.${variable}`,
      async make(at, fire) {
        const trap = await configured(at, [[`filter.x.${variable}`, fire]], [['add', '-A'], pull]);
        await at.write(trap.folder, { '.git/info/attributes': '* filter=x\n' });
        return trap;
      },
    }),
  ),
  {
    name: 'filter that calls itself lfs',
    async make(at, fire) {
      const trap = await configured(
        at,
        [
          ['filter.lfs.clean', fire],
          ['filter.lfs.process', fire],
          ['filter.lfs.required', 'true'],
        ],
        [['add', '-A']],
      );
      await at.write(trap.folder, { '.gitattributes': '* filter=lfs\n' });
      return trap;
    },
  },
  {
    name: 'diff.external',
    make: (at, fire) => configured(at, [['diff.external', fire]], [['diff']]),
  },
  ...(['command', 'textconv'] as const).map(
    (variable): Trick => ({
      name: `diff.X.${variable}`,
      async make(at, fire) {
        const trap = await configured(at, [[`diff.x.${variable}`, fire]], [['diff']]);
        await at.write(trap.folder, { '.gitattributes': '* diff=x\n' });
        return trap;
      },
    }),
  ),
  {
    name: 'core.sshCommand',
    make: (at, fire) => withRemote(at, 'ssh://127.0.0.1:1/x.git', [['core.sshCommand', fire]]),
  },
  {
    name: 'core.gitProxy',
    make: (at, fire) =>
      at
        .script(join(at.path, `proxy-${fire.length}`), fire)
        .then((path) => withRemote(at, 'git://127.0.0.1:1/x.git', [['core.gitProxy', path]])),
  },
  {
    name: 'credential.helper',
    make: (at, fire) => withServer(at, () => [['credential.helper', `!${fire}`]]),
  },
  {
    name: 'credential.URL.helper',
    make: (at, fire) => withServer(at, ({ url }) => [[`credential.${url}.helper`, `!${fire}`]]),
  },
  {
    name: 'core.askPass',
    async make(at, fire) {
      const path = await at.script(join(at.path, 'ask'), fire);
      return withServer(at, () => [['core.askPass', path]]);
    },
  },
  {
    name: 'cookies written to any file',
    async make(at, _fire, sign) {
      const trap = await withServer(at, () => [
        ['http.cookieFile', sign],
        ['http.saveCookies', 'true'],
      ]);
      const url = await at.git(trap.folder, 'remote', 'get-url', 'origin');
      await at.git(trap.folder, 'remote', 'set-url', 'origin', url.replace('/x.git', '/open.git'));
      return { ...trap, provoke: [['ls-remote', 'origin']] };
    },
  },
  {
    name: 'a remote that is a command (ext::)',
    make: (at, fire) => withRemote(at, `ext::sh -c ${fire.replaceAll(' ', '% ')}`, [['protocol.ext.allow', 'always']]),
  },
  {
    name: 'a remote that becomes a command (url.insteadOf)',
    make: (at, fire) =>
      withRemote(at, 'https://example.test/x.git', [
        [`url.ext::sh -c ${fire.replaceAll(' ', '% ')} .insteadOf`, 'https://example.test/'],
        ['protocol.allow', 'always'],
        ['protocol.ext.allow', 'always'],
      ]),
  },
  {
    name: 'a remote with a helper of its own (remote.X.vcs)',
    make: (at, fire) =>
      withRemote(at, `sh -c ${fire.replaceAll(' ', '% ')}`, [
        ['remote.origin.vcs', 'ext'],
        ['protocol.ext.allow', 'always'],
      ]),
  },
  {
    name: 'remote.X.uploadpack',
    make: (at, fire) => configured(at, [['remote.origin.uploadpack', `${fire};git-upload-pack`]], [fetch]),
  },
  {
    name: 'remote.X.receivepack',
    make: (at, fire) =>
      configured(
        at,
        [['remote.origin.receivepack', `${fire};git-receive-pack`]],
        [['push', 'origin', 'main:elsewhere']],
      ),
  },
  {
    name: 'a remote among its own files, with hooks',
    async make(at, fire) {
      const { mine } = await at.cloned();
      await at.git(mine, 'init', '-q', '--bare', 'data/store.git');
      await at.script(join(mine, 'data/store.git/hooks/post-receive'), fire);
      await at.git(mine, 'remote', 'set-url', 'origin', './data/store.git');
      await dirty(at, mine);
      return { folder: mine, provoke: [['push', 'origin', 'main']] };
    },
  },
  {
    name: 'a remote beside it, with hooks',
    async make(at, fire) {
      const { mine, origin } = await at.cloned();
      await at.script(join(origin, 'hooks/post-receive'), fire);
      await dirty(at, mine);
      return { folder: mine, provoke: [['push', 'origin', 'main:elsewhere']] };
    },
  },
  {
    name: 'a remote beside it, with hooks elsewhere',
    async make(at, fire) {
      const { mine, origin } = await at.cloned();
      await at.script(join(origin, 'x/update'), fire);
      await at.git(origin, 'config', 'core.hooksPath', join(origin, 'x'));
      await dirty(at, mine);
      return { folder: mine, provoke: [['push', 'origin', 'main:elsewhere']] };
    },
  },
  {
    name: 'core.alternateRefsCommand',
    async make(at, fire) {
      const trap = await configured(at, [['core.alternateRefsCommand', `${fire};true`]], [fetch]);
      const { origin } = await at.cloned();
      await at.write(trap.folder, { '.git/objects/info/alternates': `${join(origin, 'objects')}\n` });
      return trap;
    },
  },
  {
    name: 'gpg.program where commits are shown',
    async make(at, fire) {
      const trap = await configured(
        at,
        [
          ['gpg.program', await at.script(join(at.path, 'gpg'), fire)],
          ['log.showSignature', 'true'],
        ],
        [['log']],
      );
      await signedCommit(at, trap.folder);
      return trap;
    },
  },
  {
    name: 'gpg.program where commits are merged',
    async make(at, fire) {
      const { mine, origin } = await at.cloned({ behind: true });
      await at.git(mine, 'fetch', '-q');
      await at.git(mine, 'config', 'gpg.program', await at.script(join(at.path, 'gpg2'), fire));
      await at.git(mine, 'config', 'merge.verifySignatures', 'true');
      const clone = join(mine, '..', 'signer');
      await at.git(mine, 'clone', '-q', origin, clone);
      await signedCommit(at, clone);
      await at.git(clone, 'push', '-q', '-f', 'origin', 'main');
      await at.git(mine, 'fetch', '-q');
      return { folder: mine, provoke: [['merge', '--ff-only', '@{upstream}']] };
    },
  },
  {
    name: 'gpg.program where commits are made',
    async make(at, fire) {
      const program = await at.script(join(at.path, 'gpg3'), fire);
      const settings = [
        ['gpg.program', program],
        ['commit.gpgSign', 'true'],
      ] as const;
      return configured(at, settings, [['commit', '-a', '-m', 'x']]);
    },
  },
  {
    name: 'an editor',
    make: (at, fire) =>
      configured(
        at,
        [
          ['core.editor', fire],
          ['sequence.editor', fire],
        ],
        [['commit', '-a']],
      ),
  },
  {
    name: 'options for merging (branch.X.mergeOptions)',
    make: (at, fire) =>
      configured(
        at,
        [
          ['branch.main.mergeOptions', '--no-ff --edit'],
          ['core.editor', fire],
        ],
        [fetch, ['merge', '@{upstream}']],
      ),
  },
  {
    name: 'a merge driver',
    async make(at, fire) {
      const { mine } = await at.cloned({ behind: true });
      await at.git(mine, 'config', 'merge.x.driver', fire);
      await at.commit(mine, 'feat: apart', { 'shared.txt': 'other\n' });
      await at.write(mine, { '.git/info/attributes': '* merge=x\n' });
      return { folder: mine, provoke: [['pull', '-q', '--no-rebase', '--no-edit']] };
    },
  },
  {
    name: 'a bare repository among the files',
    async make(at, fire) {
      const { mine } = await at.cloned();
      const bare = join(mine, 'docs');
      await at.git(mine, 'init', '-q', '--bare', 'docs');
      await at.git(bare, 'config', 'core.bare', 'false');
      await at.git(bare, 'config', 'core.worktree', '.');
      await at.git(bare, 'config', 'core.fsmonitor', fire);
      return { folder: bare, provoke: [status] };
    },
  },
  {
    name: 'a bare repository behind a .git that is none',
    async make(at, fire) {
      const bare = join(at.path, 'broken');
      await mkdir(bare);
      await at.git(bare, 'init', '-q', '--bare', '.');
      await at.git(bare, 'config', 'core.bare', 'false');
      await at.git(bare, 'config', 'core.worktree', '.');
      await at.git(bare, 'config', 'core.fsmonitor', fire);
      await mkdir(join(bare, '.git'));
      return { folder: bare, provoke: [status] };
    },
  },
  {
    name: 'what a submodule configures',
    async make(at, fire) {
      const { mine } = await at.cloned();
      const { origin } = await at.cloned();
      await at.git(mine, '-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', origin, 'sub');
      await at.commit(mine, 'feat: submodule');
      const sub = join(mine, 'sub');
      await at.git(sub, 'config', 'filter.x.clean', fire);
      await at.git(sub, 'config', 'core.fsmonitor', fire);
      // Of the same size, so that its content has to be looked at.
      await at.write(sub, { '.gitattributes': '* filter=x\n', 'own.txt': 'MINE\n' });
      return { folder: mine, provoke: [status] };
    },
  },
  {
    name: 'how a submodule is updated',
    async make(at, fire) {
      const { mine } = await at.cloned();
      const { origin } = await at.cloned();
      await at.git(mine, '-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', origin, 'sub');
      await at.commit(mine, 'feat: submodule');
      await at.git(mine, 'config', 'submodule.sub.update', `!${fire}`);
      await at.git(join(mine, 'sub'), 'commit', '-q', '--allow-empty', '-m', 'x');
      await at.git(mine, 'config', 'submodule.recurse', 'true');
      return { folder: mine, provoke: [['submodule', 'update']] };
    },
  },
  {
    name: 'a missing object that is asked of a server',
    async make(at, fire) {
      const { mine } = await at.cloned();
      await at.git(mine, 'config', 'core.repositoryFormatVersion', '1');
      await at.git(mine, 'config', 'extensions.partialClone', 'origin');
      await at.git(mine, 'config', 'remote.origin.promisor', 'true');
      await at.git(mine, 'config', 'remote.origin.uploadpack', fire);
      const object = await at.git(mine, 'rev-parse', 'HEAD:own.txt');
      await rm(join(mine, '.git', 'objects', object.slice(0, 2), object.slice(2)), { force: true });
      await at.git(mine, 'config', 'core.pager', 'cat');
      await dirty(at, mine);
      return { folder: mine, provoke: [['diff']] };
    },
  },
  {
    name: 'a git of its own, found by a PATH with relative folders',
    async make(at, fire) {
      const { mine } = await at.cloned();
      await at.script(join(mine, 'git'), fire);
      return { folder: mine, provoke: [status], environment: { PATH: `.:${at.environment['PATH']}` } };
    },
  },
  {
    name: 'a .git file that leads to another repository',
    async make(at, fire) {
      const trap = await configured(at, [['core.fsmonitor', fire]], [status]);
      const folder = join(at.path, 'led');
      await mkdir(folder);
      await cp(join(trap.folder, 'own.txt'), join(folder, 'own.txt'));
      await writeFile(join(folder, '.git'), `gitdir: ${join(trap.folder, '.git')}\n`);
      return { folder, provoke: [status] };
    },
  },
];
