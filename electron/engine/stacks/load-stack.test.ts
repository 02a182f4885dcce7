import { describe, expect, it } from 'vitest';
import { AppError } from '../../../shared/errors.ts';
import { memoryFiles } from '../../../test/support/memory-files.ts';
import type { StackFolder } from '../environments/stack-loader.ts';
import { createLoadStack } from './load-stack.ts';

const service = (image: string): string => `services:\n  web: { image: "${image}" }\n`;
const files = {
  '/p/compose.yaml': service('plain:$TAG'),
  '/p/remembered.yaml': service('remembered:$TAG'),
  '/p/listed.yaml': service('golden:$TAG'),
  '/p/said.yaml': service('said:$TAG'),
  '/p/tag.env': 'TAG=of-a-file\n',
};
const load = async (source: Partial<StackFolder>, golden?: string): Promise<string | undefined> => {
  const all = golden === undefined ? files : { ...files, '/p/golden.yml': `version: 1\n${golden}` };
  const loadStack = createLoadStack({ files: memoryFiles(all), environment: { TAG: 'of-the-engine' } });
  const loaded = await loadStack({ folder: '/p', loading: {}, ...source }, new AbortController().signal);
  return loaded.project.services['web']?.image;
};
const golden = 'compose: { files: [listed.yaml] }\n';
const remembered = { files: ['remembered.yaml'] };

describe('what a stack is read from', () => {
  it('is what a command says, then golden.yml, then what is remembered, then what Compose finds', async () => {
    const said = { files: ['/p/said.yaml'] };
    expect(await load({ loading: remembered, explicit: said }, golden)).toBe('said:of-the-engine');
    expect(await load({ loading: remembered }, golden)).toBe('golden:of-the-engine');
    expect(await load({ loading: remembered })).toBe('remembered:of-the-engine');
    expect(await load({})).toBe('plain:of-the-engine');
  });

  it('starts afresh with a command that says anything, as Compose does', async () => {
    expect(await load({ loading: remembered, explicit: { profiles: ['debug'] } })).toBe('plain:of-the-engine');
    expect(await load({ loading: remembered, explicit: { profiles: ['debug'] } }, golden)).toBe('golden:of-the-engine');
  });

  it("takes the command's variables in place of the engine's", async () => {
    expect(await load({ environment: { TAG: 'of-the-shell' } })).toBe('plain:of-the-shell');
    expect(await load({ environment: {}, explicit: { envFiles: ['tag.env'] } })).toBe('plain:of-a-file');
  });
});

describe('a stack that lacks values', () => {
  const compose = `services:
  web:
    image: "web:\${TAG:?which one}"
    ports: ["\${PORT:?}:80"]
    env_file: .env
    environment: { PASSWORD: "\${DB_PASSWORD:?}" }
`;
  const secrets = (kept: Record<string, string> | AppError) => async (): Promise<Record<string, string>> => {
    if (kept instanceof AppError) throw kept;
    return kept;
  };
  const loadWith = (all: Record<string, string>, kept: Record<string, string> | AppError = {}) =>
    createLoadStack({
      files: memoryFiles({ '/p/compose.yaml': compose, ...all }),
      environment: {},
      secrets: secrets(kept),
    })({ folder: '/p', loading: {}, environmentId: 'shop/main' }, new AbortController().signal);
  const declared = { '/p/golden.yml': 'version: 1\nconfig: { secrets: [DB_PASSWORD] }\n' };
  const template = { '/p/.env.example': 'TAG=1.2\nPORT=8080\nDB_PASSWORD=\n' };

  it('can be shown where it is known which, with what the template proposes', async () => {
    const loaded = await loadWith({ ...declared, ...template });
    expect(loaded.unready).toMatchObject({
      code: 'config.keys-missing',
      message: 'DB_PASSWORD, TAG, PORT have no value yet.',
    });
    expect(loaded.project.services['web']).toMatchObject({ image: 'web:1.2', ports: [{ published: '8080' }] });
    expect(loaded.warnings).toContainEqual(
      expect.objectContaining({ code: 'config.keys-missing', severity: 'warning' }),
    );
  });

  it('is ready once they are given', async () => {
    const env = { '/p/.env': 'TAG=2\nPORT=9090\n' };
    expect((await loadWith({ ...declared, ...template, ...env }, { DB_PASSWORD: 'x' })).unready).toBeUndefined();
    const one = await loadWith({ ...declared, ...template, ...env });
    expect(one.unready?.message).toBe('DB_PASSWORD has no value yet.');
    expect(one.project.services['web']?.image).toBe('web:2');
  });

  it('is refused as before where nobody knows them', async () => {
    await expect(loadWith({})).rejects.toMatchObject({ code: 'compose.variable-missing' });
    await expect(loadWith({ '/p/.env': 'PORT=1\n', '/p/.env.example': 'PORT=1\n' })).rejects.toMatchObject({
      code: 'compose.variable-missing',
    });
    await expect(loadWith({ ...template, '/p/compose.yaml': `${compose}    bad: key\n` })).rejects.toMatchObject({
      details: { problems: expect.arrayContaining([expect.objectContaining({ code: 'compose.variable-missing' })]) },
    });
  });

  it('may not be started while the key store is locked, and says that instead', async () => {
    const locked = new AppError({ code: 'secrets.unavailable', message: 'It is locked.', remedy: 'Unlock it.' });
    const env = { '/p/.env': 'TAG=2\nPORT=9090\n' };
    expect((await loadWith({ ...declared, ...env }, locked)).unready).toMatchObject({ code: 'secrets.unavailable' });
    const open = { '/p/compose.yaml': compose.replace(':?}"', '-}"') };
    expect((await loadWith({ ...declared, ...env, ...open }, locked)).unready?.code).toBe('secrets.unavailable');
  });
});
