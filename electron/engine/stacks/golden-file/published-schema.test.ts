import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { templates } from '../../routines/editing/templates.ts';
import { keyDescriptions } from './key-descriptions.ts';
import { places, publishedSchema, publishedSchemaText } from './published-schema.ts';

const root = fileURLToPath(new URL('../../../../', import.meta.url));
const validate = new Ajv({ strict: false, allErrors: true }).compile(publishedSchema());

async function examplesOf(file: string): Promise<string[]> {
  const text = await readFile(join(root, file), 'utf8');
  return [...text.matchAll(/```yaml\n(version: 1\n[\s\S]*?)```/g)].map(([, example = '']) => example);
}

async function goldenFiles(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true });
  return entries.filter((name) => /(^|[\\/])golden\.ya?ml$/.test(name)).map((name) => join(folder, name));
}

describe('the published schema', () => {
  it('is the one that lies in docs/ (golden schema > docs/golden.schema.json)', async () => {
    expect(await readFile(join(root, 'docs/golden.schema.json'), 'utf8')).toBe(publishedSchemaText());
  });

  it('describes every key, and nothing that is none', () => {
    const all = new Set(places(publishedSchema(), '').map(([at]) => at));
    const keys = [...all].filter((at) => /(^|\.)[a-z_0-9]+$/.test(at));
    expect(keys.filter((at) => keyDescriptions[at] === undefined && !at.includes('.with.'))).toEqual([]);
    expect(Object.keys(keyDescriptions).filter((at) => !all.has(at))).toEqual([]);
  });

  it('accepts its own examples and defaults', () => {
    for (const [at, each] of places(publishedSchema(), '')) {
      const { examples = [], default: usual } = each as { examples?: unknown[]; default?: unknown };
      const own = new Ajv({ strict: false }).compile(each);
      for (const value of [...examples, ...(usual === undefined ? [] : [usual])]) {
        expect(own(value), `${at}: ${JSON.stringify(value)}`).toBe(true);
      }
    }
  });

  it('accepts every golden.yml of the repository, of the documents and of the templates', async () => {
    const files = await goldenFiles(join(root, 'test/fixtures'));
    expect(files.length).toBeGreaterThan(0);
    const texts = [
      ...(await Promise.all(files.map((file) => readFile(file, 'utf8')))),
      ...(await Promise.all(['README.md', 'docs/health.md', 'docs/routines.md'].map(examplesOf))).flat(),
    ];
    const values = [
      ...texts.map((text): unknown => parse(text)),
      ...templates.map(({ name, declaration }) => ({ version: 1, routines: { [name]: declaration } })),
    ];
    for (const value of values) expect(validate(value) || validate.errors).toBe(true);
  });

  it.each([
    {},
    { version: 2 },
    { version: 1, nmae: 'x' },
    { version: 1, class: 'prod' },
    { version: 1, golden: { gate_timeout: 'soon' } },
    { version: 1, health: { services: { db: { probe: { tcp: { port: 1 }, redis: {} } } } } },
    { version: 1, day: { at_end: 'burn' } },
    { version: 1, day: { idle: { after: '2h' } } },
    { version: 1, routines: { 'Not So': { steps: [{ run: 'a' }] } } },
    { version: 1, routines: { a: { steps: [] } } },
    { version: 1, routines: { a: { steps: [{ title: 'x' }] } } },
    { version: 1, routines: { a: { steps: [{ uses: 'stack.upp' }] } } },
    { version: 1, routines: { a: { steps: [{ uses: 'stack.up', with: { servces: ['a'] } }] } } },
    { version: 1, routines: { a: { steps: [{ run: 'a' }], schedule: { at: '8:00' } } } },
    { version: 1, routines: { a: { steps: [{ run: 'a' }], schedule: { at: '08:00', cron: '0 8 * * *' } } } },
    { version: 1, routines: { a: { steps: [{ run: 'a' }], schedule: {} } } },
    { version: 1, git: { protected: 'main' } },
    { version: 1, config: { secrets: ['NOT-A-NAME'] } },
    { version: 1, domains: { a: { services: ['x'] } } },
  ])('refuses %j', (value) => {
    expect(validate(value)).toBe(false);
  });
});
