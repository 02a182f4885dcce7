import { describe, expect, it } from 'vitest';
import { AppError } from '../../../shared/errors.ts';
import { memoryFiles } from '../../../test/support/memory-files.ts';
import { redactProject } from '../golden/redact.ts';
import { createLoadStack } from '../stacks/load-stack.ts';
import { explain } from './explain.ts';
import { hideInAll, telling, withoutSecrets } from './masking.ts';
import type { LoadedStack, ReadSecrets } from './stack-loader.ts';

const signal = new AbortController().signal;
const kept: Record<string, string> = {
  DB_PASSWORD: 'correct horse',
  PIN: '1',
  FROM_SHELL: 'of the key store',
  CPUS: '2',
};
const secrets: ReadSecrets = async (_id, keys) =>
  Object.fromEntries(keys.flatMap((key) => (kept[key] === undefined ? [] : [[key, kept[key]]])));

async function load(more: { environment?: Record<string, string>; environmentId?: string } = {}): Promise<LoadedStack> {
  const files = memoryFiles({
    '/p/golden.yml': 'version: 1\nconfig: { secrets: [DB_PASSWORD, PIN, FROM_SHELL, CPUS, NOT_GIVEN] }\n',
    '/p/.env': 'DB_PASSWORD=of the file\nNOT_DECLARED=x\nURL=postgres://app:${DB_PASSWORD}@db\n',
    '/p/db.env': 'COPY=${DB_PASSWORD}!\n',
    '/p/compose.yaml': `
services:
  db:
    image: postgres
    cpus: \${CPUS:-1}
    environment:
      - DB_PASSWORD
      - PIN=\${PIN}
      - SHELL=\${FROM_SHELL}
      - URL
      - PORT=1111
      - MISSING=\${NOT_GIVEN:-none}
    env_file: db.env
    command: ["run", "--password", "\${DB_PASSWORD}", "--pin", "1"]
`,
  });
  const loadStack = createLoadStack({ files, environment: { FROM_SHELL: 'of the shell' }, secrets });
  return loadStack({ folder: '/p', loading: {}, environmentId: 'shop/main', ...more }, signal);
}

describe('a variable that the key store has', () => {
  it('goes before that of an env file and after that of the shell', async () => {
    const { project } = await load();
    expect(project.services['db']?.environment).toEqual({
      COPY: 'correct horse!',
      DB_PASSWORD: 'correct horse',
      PIN: '1',
      SHELL: 'of the shell',
      URL: 'postgres://app:correct horse@db',
      PORT: '1111',
      MISSING: 'none',
    });
  });

  it('is not there for a folder that is no environment yet', async () => {
    const { project } = await load({ environmentId: undefined as never });
    expect(project.services['db']?.environment?.['DB_PASSWORD']).toBe('of the file');
  });
});

describe('a resolved model', () => {
  it('is shown without it, and says that it comes from the key store', async () => {
    const loaded = await load();
    const shown = explain(loaded, '/p', 'db').values;
    expect(JSON.stringify(shown)).not.toContain('correct horse');
    const value = (path: string) => shown.find((each) => each.path === path);
    expect(value('environment.DB_PASSWORD')).toMatchObject({
      value: '***',
      variables: [{ name: 'DB_PASSWORD', from: 'secret', position: null }],
    });
    expect(value('environment.PIN')?.value).toBe('***');
    expect(value('environment.URL')?.value).toBe('postgres://app:***@db');
    expect(value('environment.COPY')?.value).toBe('***!');
    expect(value('environment.SHELL')?.value).toBe('of the shell');
    expect(value('cpus')?.value).toBe('***');
    // A text that merely looks like a short secret stays.
    expect(value('environment.PORT')?.value).toBe('1111');
  });

  it('goes into a golden image without it', async () => {
    const loaded = await load();
    const kept = JSON.stringify(redactProject(withoutSecrets(loaded, loaded.project)));
    expect(kept).not.toContain('correct horse');
    expect(kept).toContain('"PORT":"1111"');
    expect(kept).toContain('["run","--password","***","--pin","1"]');
  });
});

describe('what is masked wherever it appears', () => {
  it('is what stands for nothing else', () => {
    expect(telling(['1', 'dev', 'postgres', 'devpassword', 'hunter2', 'a very long one'])).toEqual([
      'hunter2',
      'a very long one',
    ]);
  });

  it('is each line of a key, as output comes line by line', () => {
    const key = '-----BEGIN KEY-----\nMIIEvQIBADANBgkq\nshort\n-----END KEY-----';
    expect(hideInAll(['writing MIIEvQIBADANBgkq', { text: 'short' }], telling([key]))).toEqual([
      'writing ***',
      { text: 'short' },
    ]);
  });
});

describe('words about a stack', () => {
  const wrong = (value: string, written: string) => {
    const files = memoryFiles({
      '/p/golden.yml': 'version: 1\nconfig: { secrets: [KEY] }\n',
      '/p/compose.yaml': `services:\n  db: { image: x, ${written} }\n`,
    });
    const own: ReadSecrets = async () => ({ KEY: value });
    const loadStack = createLoadStack({ files, environment: {}, secrets: own });
    return loadStack({ folder: '/p', loading: {}, environmentId: 'shop/main' }, signal);
  };

  it.each([
    ['correct horse', 'cpus: "${KEY}"'],
    [
      'correct horse battery staple, and much more of it than anybody would want to read in a message',
      'cpus: "a${KEY}"',
    ],
    ['pin', 'cpus: "${KEY}"'],
    ['correct horse', 'ports: ["${KEY}"]'],
    ['correct horse', 'mem_limit: "${KEY}"'],
  ])('do not name %j', async (value, written) => {
    const error = await wrong(value, written).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(AppError);
    const { message, remedy, details, stack } = error as AppError;
    const said = JSON.stringify([message, remedy, details, stack]);
    expect(said).toContain('***');
    expect(said).not.toContain(`“${value}`);
    expect(said).not.toContain('correct hor');
  });
});
