import { cp, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { GitPlayground } from '../git-repositories.ts';
import { configured, dirty, status, type Trick } from './trap.ts';

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

/** Repositories that are not where or what they seem, and what they hold. */
export const placeTricks: readonly Trick[] = [
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
