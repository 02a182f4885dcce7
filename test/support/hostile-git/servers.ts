import { join } from 'node:path';
import { type Challenge, challengeServer } from '../challenge-server.ts';
import type { GitPlayground } from '../git-repositories.ts';
import { configured, dirty, fetch, type Trick } from './trap.ts';

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

/** Where other repositories are, and how they are reached. */
export const serverTricks: readonly Trick[] = [
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
    name: 'a remote that is called like an option',
    async make(at, fire) {
      const name = `--upload-pack=${fire};git-upload-pack`;
      const { origin } = await at.cloned();
      const settings = [
        [`remote.${name}.url`, origin],
        ['branch.main.remote', name],
      ] as const;
      return configured(at, settings, [['fetch', name]]);
    },
  },
];
