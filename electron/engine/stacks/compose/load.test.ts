import { describe, expect, it } from 'vitest';
import { formatPosition } from '../../../../shared/domain/position.ts';
import { problemsOf } from '../../../../shared/domain/problem.ts';
import { AppError } from '../../../../shared/errors.ts';
import { memoryFiles } from '../../../../test/support/memory-files.ts';
import { type LoadedProject, type LoadInput, loadProject } from './load.ts';

type Texts = Readonly<Record<string, string>>;

function load(texts: Texts, input: Partial<LoadInput> = {}): Promise<LoadedProject> {
  return loadProject({ folder: '/p', environment: { HOME: '/home/dev' }, ...input }, { files: memoryFiles(texts) });
}

async function refuse(texts: Texts, input: Partial<LoadInput> = {}): Promise<AppError> {
  const error: unknown = await load(texts, input).catch((reason: unknown) => reason);
  if (error instanceof AppError) return error;
  throw new Error('The project was accepted.', { cause: error });
}

function place(loaded: LoadedProject, ...path: readonly (string | number)[]): string {
  const position = loaded.positionOf(path);
  return position === undefined ? 'none' : formatPosition(position);
}

describe('places of values', () => {
  const texts = {
    '/p/compose.yaml': `include: [inner/compose.yaml]
services:
  web:
    extends: {file: base.yaml, service: app}
    environment:
      - OWN=1
      - FROM_SHELL
    ports:
      - "8080:80"
    command: "echo \${TAG}"
`,
    '/p/compose.override.yaml': `services:
  web:
    image: changed
    ports: ["9090:90"]
`,
    '/p/base.yaml': `services:
  app:
    image: original
    labels:
      tier: web
    env_file: app.env
`,
    '/p/app.env': '# first\nFROM_FILE=1\n',
    '/p/.env': 'TAG=1\n',
    '/p/inner/compose.yaml': `services:
  db:
    image: postgres
    volumes:
      - data:/data
volumes:
  data: {}
`,
  };

  it('survive merge, extends, include, env files and short forms', async () => {
    const loaded = await load(texts, { environment: { FROM_SHELL: 'x' } });
    expect(loaded.project.services['web']).toMatchObject({ image: 'changed', command: ['echo', '1'] });
    expect(place(loaded, 'services', 'web', 'image')).toBe('/p/compose.override.yaml:3:12');
    expect(place(loaded, 'services', 'web', 'labels', 'tier')).toBe('/p/base.yaml:5:13');
    expect(place(loaded, 'services', 'web', 'environment', 'OWN')).toBe('/p/compose.yaml:6:9');
    expect(place(loaded, 'services', 'web', 'environment', 'FROM_SHELL')).toBe('/p/compose.yaml:7:9');
    expect(place(loaded, 'services', 'web', 'environment', 'FROM_FILE')).toBe('/p/app.env:2:1');
    expect(place(loaded, 'services', 'web', 'ports', 0, 'published')).toBe('/p/compose.yaml:9:9');
    expect(place(loaded, 'services', 'web', 'ports', 1, 'target')).toBe('/p/compose.override.yaml:4:13');
    expect(place(loaded, 'services', 'web', 'command')).toBe('/p/compose.yaml:10:14');
    expect(place(loaded, 'services', 'db', 'volumes', 0, 'target')).toBe('/p/inner/compose.yaml:5:9');
    expect(place(loaded, 'volumes', 'data')).toBe('/p/inner/compose.yaml:7:3');
  });

  it('fall back to what is around a value that stands nowhere', async () => {
    const loaded = await load(texts);
    expect(place(loaded, 'services', 'db', 'networks', 'default')).toBe('/p/inner/compose.yaml:2:3');
    expect(place(loaded, 'services', 'db', 'nothing', 'there')).toBe('/p/inner/compose.yaml:2:3');
  });

  it('of anchors are where they are defined', async () => {
    const loaded = await load({
      '/p/compose.yaml': 'x-a: &a\n  labels:\n    k: v\nservices:\n  web:\n    <<: *a\n    image: x\n',
    });
    expect(place(loaded, 'services', 'web', 'labels', 'k')).toBe('/p/compose.yaml:3:8');
  });

  it('name all files that were read', async () => {
    const loaded = await load(texts);
    expect([...loaded.files].sort()).toEqual(Object.keys(texts).sort());
    expect(loaded.composeFiles).toEqual(['/p/compose.yaml', '/p/compose.override.yaml']);
  });
});

describe('problems', () => {
  it('are all reported, with place, path and remedy', async () => {
    const error = await refuse({
      '/p/compose.yaml':
        'services:\n  web:\n    imgae: x\n    ports: ["x:1"]\n    environment:\n      A: ${NEEDED:?because}\n  db: {image: [1]}\n',
    });
    expect(problemsOf(error.details)).toEqual([
      {
        severity: 'error',
        code: 'compose.invalid',
        message: 'The key “imgae” is not known in services.web.',
        remedy: 'Did you mean “image”?',
        position: { file: '/p/compose.yaml', line: 3, column: 5 },
        path: 'services.web.imgae',
      },
      {
        severity: 'error',
        code: 'compose.invalid',
        message: 'This port cannot be read: “x” is not a port or a range of ports.',
        remedy: 'Write HOST:CONTAINER, for example “8080:80”.',
        position: { file: '/p/compose.yaml', line: 4, column: 13 },
        path: 'services.web.ports[0]',
      },
      {
        severity: 'error',
        code: 'compose.variable-missing',
        message: 'The variable NEEDED must be set: because.',
        remedy: 'Set NEEDED in .env or in the shell.',
        position: { file: '/p/compose.yaml', line: 6, column: 10 },
        path: 'services.web.environment.A',
      },
      {
        severity: 'error',
        code: 'compose.invalid',
        message: 'services.db.image must be text, but here it is a list.',
        remedy: 'Write text.',
        position: { file: '/p/compose.yaml', line: 7, column: 15 },
        path: 'services.db.image',
      },
    ]);
    expect(error.message).toBe('/p/compose.yaml:3:5: The key “imgae” is not known in services.web. (and 3 more)');
  });

  it('that are not fatal are warnings', async () => {
    const loaded = await load({
      '/p/compose.yaml':
        'version: "3"\nservices:\n  web:\n    image: "x:$TAG"\n    command: a && b\n    deploy: {placement: {}}\n',
    });
    expect(loaded.problems.map(({ severity, message }) => [severity, message])).toEqual([
      ['warning', 'The key “version” means nothing any more.'],
      ['warning', 'The variable TAG is not set; an empty text is used.'],
      ['warning', 'services.web.command ends at “&”: no shell reads it, and Compose drops the rest.'],
      ['warning', 'services.web.deploy.placement has no effect outside a swarm, neither here nor with docker compose.'],
    ]);
  });

  it('say when there is no Compose file', async () => {
    await expect(refuse({})).resolves.toMatchObject({ code: 'stack.no-compose-file' });
  });

  it('of two services on one host port are told apart from what cannot be', async () => {
    const { problems } = await load({
      '/p/compose.yaml': `services:
  a: {image: x, ports: ["8080:80", "127.0.0.1:9000:1", "53:53/udp"]}
  b: {image: x, ports: ["53:53", "127.0.0.2:9000:1", "127.0.0.1:8080:80"]}
`,
    });
    expect(problems).toMatchObject([
      {
        severity: 'warning',
        message: 'The host port 8080/tcp is published by “a” too: only one of them can run at a time.',
        position: { line: 3, column: 54 },
      },
    ]);
  });

  it('of unquoted dates say what to do', async () => {
    const error = await refuse({ '/p/compose.yaml': 'services: {web: {image: x, labels: {built: 2024-01-31}}}\n' });
    expect(problemsOf(error.details)).toMatchObject([{ remedy: 'Put quotes around it: "2024-01-31".' }]);
  });
});

describe('what a project is', () => {
  it('lists services of inactive profiles, and does not read their files', async () => {
    const loaded = await load({
      '/p/compose.yaml':
        'services:\n  web: {image: x}\n  debug: {image: y, profiles: [debug], env_file: missing, models: [m]}\nmodels: {m: {model: x}}\n',
    });
    expect(Object.keys(loaded.project.services)).toEqual(['web']);
    expect(loaded.allServices).toEqual(['web', 'debug']);
  });

  it('keeps secrets that come from variables out of the model', async () => {
    const loaded = await load(
      {
        '/p/compose.yaml':
          'services: {web: {image: x, secrets: [s], configs: [c]}}\nsecrets: {s: {environment: TOKEN}}\nconfigs: {c: {environment: TEXT}}\n',
      },
      { environment: { TOKEN: 'hidden', TEXT: 'shown' } },
    );
    expect(JSON.stringify(loaded.project)).not.toContain('hidden');
    expect(loaded.fromEnvironment.secrets.get('s')).toBe('hidden');
    expect(loaded.fromEnvironment.configs.get('c')).toBe('shown');
  });

  it('is not polluted by odd keys', async () => {
    const loaded = await load({
      '/p/compose.yaml': 'services: {web: {image: x, labels: {__proto__: a, constructor: b}}}\n',
    });
    expect(Object.entries(loaded.project.services['web']?.labels ?? {})).toEqual([
      ['__proto__', 'a'],
      ['constructor', 'b'],
    ]);
    expect(({} as Record<string, unknown>)['a']).toBeUndefined();
  });

  it('is not loaded once the caller gave up', async () => {
    const gone = new AbortController();
    gone.abort(new Error('gave up'));
    const loading = loadProject(
      { folder: '/p', environment: {} },
      { files: memoryFiles({ '/p/compose.yaml': 'services: {}\n' }), signal: gone.signal },
    );
    await expect(loading).rejects.toThrow('gave up');
  });
});
