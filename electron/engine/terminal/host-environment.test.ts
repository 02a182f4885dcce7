import { describe, expect, it } from 'vitest';
import { hostEnvironment } from './host-environment.ts';

const input = {
  base: { PATH: '/usr/bin', HOME: '/home/me', LANG: 'de_DE.UTF-8' },
  platform: 'linux',
  shell: '/bin/zsh',
  version: '1.2.3',
  stack: null,
  engine: null,
} as const;
const stack = { projectName: 'shop', files: ['/shop/compose.yaml'], envFiles: [] };

describe('the environment of a shell on this machine', () => {
  it('is the user’s, and says what terminal it is', () => {
    expect(hostEnvironment(input)).toEqual({
      ...input.base,
      SHELL: '/bin/zsh',
      TERM: 'xterm-256color',
      COLORTERM: 'truecolor',
      TERM_PROGRAM: 'GoldenHour',
      TERM_PROGRAM_VERSION: '1.2.3',
    });
  });

  it('makes Compose speak of the stack', () => {
    const files = ['/shop/compose.yaml', '/shop/dev.yaml'];
    const said = { ...stack, files, envFiles: ['/shop/a.env', '/shop/b.env'], profiles: ['tools'] };
    expect(hostEnvironment({ ...input, stack: said })).toMatchObject({
      COMPOSE_PROJECT_NAME: 'shop',
      COMPOSE_FILE: '/shop/compose.yaml:/shop/dev.yaml',
      COMPOSE_PATH_SEPARATOR: ':',
      COMPOSE_ENV_FILES: '/shop/a.env,/shop/b.env',
      COMPOSE_PROFILES: 'tools',
    });
    const odd = hostEnvironment({ ...input, stack: { ...stack, files: ['/a:b/compose.yaml'] } });
    expect(odd).toMatchObject({ COMPOSE_FILE: '/a:b/compose.yaml', COMPOSE_PATH_SEPARATOR: ';' });
    // What the user's shell says of profiles stands where the stack says nothing.
    const base = { ...input.base, COMPOSE_PROFILES: 'mine' };
    expect(hostEnvironment({ ...input, base, stack })).toMatchObject({ COMPOSE_PROFILES: 'mine' });
  });

  it('speaks of the engine in use', () => {
    const base = { ...input.base, DOCKER_HOST: 'tcp://old:2376', DOCKER_CONTEXT: 'x', DOCKER_TLS_VERIFY: '1' };
    const engine = (id: string, source: 'environment' | 'context' | 'socket', endpoint: string) => {
      const made = hostEnvironment({ ...input, base, engine: { id, source, endpoint } });
      return [made['DOCKER_HOST'], made['DOCKER_CONTEXT'], made['DOCKER_TLS_VERIFY']];
    };
    const socket = 'unix:///var/run/docker.sock';
    expect(engine('socket:default', 'socket', socket)).toEqual([socket, undefined, undefined]);
    expect(engine('context:colima', 'context', 'ssh://me@vm')).toEqual(['ssh://me@vm', undefined, undefined]);
    expect(engine('context:far', 'context', 'tcp://far:2376')).toEqual([undefined, 'far', '1']);
    expect(engine('environment', 'environment', 'tcp://old:2376')).toEqual(['tcp://old:2376', 'x', '1']);
  });

  it('leaves out what belongs to the way the app was started', () => {
    const base = {
      ...input.base,
      APPDIR: '/tmp/.mount_x',
      PATH: '/tmp/.mount_x:/tmp/.mount_x/usr/sbin:/tmp/.mount_xy:/usr/bin',
      LD_LIBRARY_PATH: '/tmp/.mount_x/usr/lib',
      ELECTRON_RUN_AS_NODE: '1',
      ELECTRON_MIRROR: 'kept',
      CHROME_BIN: 'kept',
      TMUX: 'x',
      npm_lifecycle_event: 'start',
      npm_config_prefix: '/x',
    };
    const made = hostEnvironment({ ...input, base });
    expect(made).toMatchObject({ PATH: '/tmp/.mount_xy:/usr/bin', ELECTRON_MIRROR: 'kept', CHROME_BIN: 'kept' });
    for (const name of ['APPDIR', 'LD_LIBRARY_PATH', 'ELECTRON_RUN_AS_NODE', 'TMUX', 'npm_config_prefix']) {
      expect(made).not.toHaveProperty(name);
    }
  });
});
