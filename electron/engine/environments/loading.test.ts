import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { memoryFiles } from '../../../test/support/memory-files.ts';
import { createSurveyStack } from '../stacks/load-stack.ts';
import type { ComposeTrace } from './compose-trace.ts';
import { loadingOf, profilesInUse } from './loading.ts';

const signal = new AbortController().signal;
const trace = (change: Partial<ComposeTrace>): ComposeTrace => ({
  projectName: 'p',
  folder: '/p',
  files: ['/p/compose.yaml'],
  envFiles: [],
  services: ['web'],
  running: 1,
  total: 1,
  createdAt: null,
  ...change,
});
const compose = 'services:\n  web: { image: a }\n  debug: { image: a, profiles: [tools] }\n';
const loading = (files: Readonly<Record<string, string>>, change: Partial<ComposeTrace>) =>
  loadingOf(trace(change), '/p', createSurveyStack({ files: memoryFiles(files), environment: {} }), signal);

describe('loadingOf', () => {
  it('remembers nothing that Compose finds by itself', async () => {
    expect(await loading({ '/p/compose.yaml': compose }, {})).toEqual({});
    const name = { '/p/compose.yaml': `name: shop\n${compose}` };
    expect(await loading(name, { projectName: 'shop' })).toEqual({});
    const override = { '/p/compose.yaml': compose, '/p/compose.override.yaml': 'services: {}\n' };
    expect(await loading(override, { files: Object.keys(override) })).toEqual({});
    const variables = { '/p/compose.yaml': compose, '/p/.env': 'COMPOSE_PROFILES=tools\n' };
    expect(await loading(variables, { services: ['debug', 'web'] })).toEqual({});
  });

  it('remembers files, profiles and the name where they were said', async () => {
    const files = { '/p/compose.yaml': compose, '/p/b.yml': 'services:\n  worker: { image: a, profiles: [jobs] }\n' };
    expect(
      await loading(files, {
        projectName: 'other',
        files: ['/p/compose.yaml', '/p/b.yml'],
        services: ['debug', 'web', 'worker'],
      }),
    ).toEqual({ files: ['/p/compose.yaml', '/p/b.yml'], profiles: ['jobs', 'tools'], projectName: 'other' });
  });

  it('leaves to golden.yml what golden.yml says', async () => {
    const files = {
      '/p/compose.yaml': compose,
      '/p/golden.yml': 'version: 1\ncompose: { profiles: [tools] }\n',
    };
    expect(await loading(files, { services: ['debug', 'web'] })).toEqual({});
  });

  it('keeps what the containers tell when the files are broken', async () => {
    const files = { '/p/compose.yaml': 'services: [' };
    expect(await loading(files, { envFiles: ['/p/x.env'] })).toEqual({
      files: ['/p/compose.yaml'],
      envFiles: ['/p/x.env'],
      projectName: 'p',
    });
  });
});

describe('profilesInUse', () => {
  const services = (table: Readonly<Record<string, readonly string[]>>, enabled: readonly string[] = []) =>
    new Map(
      Object.entries(table).map(([name, profiles]) => [
        name,
        { profiles, enabled: profiles.length === 0 || profiles.some((each) => enabled.includes(each)) },
      ]),
    );

  it('prefers profiles whose services are all there', () => {
    const table = services({ web: [], a: ['few', 'many'], b: ['many'], c: ['many'] });
    expect(profilesInUse(table, ['web', 'a'])).toEqual(['few']);
    expect(profilesInUse(table, ['a', 'b', 'c'])).toEqual(['many']);
    expect(profilesInUse(table, ['web'])).toEqual([]);
  });

  it('takes up what is enabled by default as well, once it has to name any', () => {
    const table = services({ a: ['one'], b: ['two'] }, ['one']);
    expect(profilesInUse(table, ['a'])).toEqual([]);
    expect(profilesInUse(table, ['a', 'b'])).toEqual(['one', 'two']);
  });

  it('enables every service that is there, whatever the profiles are', () => {
    const profile = fc.constantFrom('p', 'q', 'r', 's');
    const name = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f');
    fc.assert(
      fc.property(
        fc.dictionary(name, fc.uniqueArray(profile)),
        fc.uniqueArray(profile),
        fc.uniqueArray(name),
        (table, on, present) => {
          const all = services(table, on);
          const chosen = profilesInUse(all, present);
          for (const one of present) {
            const service = all.get(one);
            if (service === undefined || service.profiles.length === 0) continue;
            const enabled = chosen.length === 0 ? service.enabled : service.profiles.some((p) => chosen.includes(p));
            expect(enabled).toBe(true);
          }
        },
      ),
    );
  });
});
