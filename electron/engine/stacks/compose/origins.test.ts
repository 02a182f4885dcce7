import { describe, expect, it } from 'vitest';
import { formatPosition } from '../../../../shared/domain/position.ts';
import { memoryFiles } from '../../../../test/support/memory-files.ts';
import { type LoadedProject, loadProject } from './load.ts';
import { surveyProject } from './survey.ts';

const load = (files: Readonly<Record<string, string>>, environment: Readonly<Record<string, string>> = {}) =>
  loadProject({ folder: '/p', environment }, { files: memoryFiles(files) });

/** `WORD=file /p/.env:1:1` for every variable of a value. */
function uses(loaded: LoadedProject, ...path: readonly (string | number)[]): readonly string[] | undefined {
  return loaded
    .originOf(path)
    ?.variables.map(
      ({ name, from, position }) => `${name} ${from}${position === undefined ? '' : ` ${formatPosition(position)}`}`,
    );
}

describe('origins', () => {
  it('say what gave each variable: shell, .env line, default, alternative, nothing', async () => {
    const loaded = await load(
      {
        '/p/compose.yaml': [
          'services:',
          '  web:',
          '    image: "${REPO:-shop}/web:${TAG}"',
          '    command: ["${EXTRA:+--extra}", "${NOTHING}", "${COMPOSE_PROJECT_NAME}", plain]',
          '    ports: ["${PORT:-${OTHER:-8080}}:80"]',
        ].join('\n'),
        '/p/.env': 'A=1\nTAG=2.0\n',
      },
      { EXTRA: 'x' },
    );
    const web = ['services', 'web'] as const;
    expect(loaded.originOf([...web, 'image'])?.written).toBe('${REPO:-shop}/web:${TAG}');
    expect(uses(loaded, ...web, 'image')).toEqual(['REPO default', 'TAG file /p/.env:2:1']);
    expect(uses(loaded, ...web, 'command', 0)).toEqual(['EXTRA alternative']);
    expect(uses(loaded, ...web, 'command', 1)).toEqual(['NOTHING unset']);
    expect(uses(loaded, ...web, 'command', 2)).toEqual(['COMPOSE_PROJECT_NAME project']);
    expect(uses(loaded, ...web, 'command', 3)).toBeUndefined();
    expect(uses(loaded, ...web, 'ports', 0, 'published')).toEqual(['PORT default', 'OTHER default']);
  });

  it('survive extends, include, merge, env_file, and lists of environment', async () => {
    const loaded = await load(
      {
        '/p/compose.yaml': [
          'include: [sub/compose.yaml]',
          'services:',
          '  api:',
          '    extends: { file: base.yaml, service: base }',
          '    env_file: api.env',
          '    environment: ["FIXED=${LEVEL:-info}", SHELL_ONLY]',
        ].join('\n'),
        '/p/compose.override.yml': 'services:\n  api:\n    environment: { FIXED: "${LEVEL:-debug}" }\n',
        '/p/base.yaml': 'services:\n  base:\n    image: "base:${TAG}"\n    labels: { built: "${TAG}" }\n',
        '/p/api.env': 'HOST=db\nURL=pg://${HOST}:${DB_PORT}\n',
        '/p/.env': 'TAG=7\nDB_PORT=5432\n',
        '/p/sub/compose.yaml': 'services:\n  worker:\n    image: "w:${TAG}"\n',
        '/p/sub/.env': 'TAG=sub\n',
      },
      { SHELL_ONLY: 'yes' },
    );
    const api = ['services', 'api'] as const;
    expect(loaded.project.services['api']?.environment).toEqual({
      FIXED: 'debug',
      HOST: 'db',
      SHELL_ONLY: 'yes',
      URL: 'pg://db:5432',
    });
    expect(uses(loaded, ...api, 'image')).toEqual(['TAG file /p/.env:1:1']);
    expect(uses(loaded, ...api, 'labels', 'built')).toEqual(['TAG file /p/.env:1:1']);
    expect(loaded.originOf([...api, 'environment', 'FIXED'])?.written).toBe('${LEVEL:-debug}');
    expect(uses(loaded, ...api, 'environment', 'URL')).toEqual([
      'HOST file /p/api.env:1:1',
      'DB_PORT file /p/.env:2:1',
    ]);
    expect(uses(loaded, ...api, 'environment', 'SHELL_ONLY')).toEqual(['SHELL_ONLY shell']);
    // What is set around an include wins over the variables of its own folder.
    expect(uses(loaded, 'services', 'worker', 'image')).toEqual(['TAG file /p/.env:1:1']);
  });
});

describe('surveyProject', () => {
  it('tells profiles of every service, also where the whole could not run', async () => {
    const survey = await surveyProject(
      { folder: '/p', environment: {} },
      {
        files: memoryFiles({
          '/p/compose.yaml': [
            'name: shop',
            'services:',
            '  web: { image: a, depends_on: [debug] }',
            '  debug: { image: a, profiles: [tools, all], ports: ["1:1"] }',
            '  other: { image: a, profiles: [all], ports: ["1:1"] }',
          ].join('\n'),
        }),
      },
    );
    expect(survey.name).toBe('shop');
    expect(Object.fromEntries(survey.services)).toEqual({
      web: { profiles: [], enabled: true },
      debug: { profiles: ['tools', 'all'], enabled: false },
      other: { profiles: ['all'], enabled: false },
    });
  });
});
