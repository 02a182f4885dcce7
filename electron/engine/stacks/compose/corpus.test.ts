import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { problemsOf } from '../../../../shared/domain/problem.ts';
import { AppError } from '../../../../shared/errors.ts';
import { memoryFiles } from '../../../../test/support/memory-files.ts';
import { fromPlain } from './canonical.ts';
import { loadProject } from './load.ts';
import { merge } from './merge.ts';
import { plain } from './node.ts';
import { printProject } from './print.ts';
import { createProblems } from './problems.ts';
import { unique } from './unique.ts';

/** COMPOSE_MUTATIONS=100000 for a long run. */
const mutations = Number(process.env['COMPOSE_MUTATIONS'] ?? 10_000);
const corpus = fileURLToPath(new URL('../../../../test/fixtures/compose', import.meta.url));

interface Case {
  readonly name: string;
  readonly texts: Readonly<Record<string, string>>;
  readonly options: Readonly<Record<string, unknown>>;
}

function read(part: string): Case[] {
  return readdirSync(join(corpus, part)).map((name) => {
    const folder = join(corpus, part, name);
    const texts: Record<string, string> = {};
    let options: Record<string, unknown> = {};
    for (const file of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
      const path = join(folder, file);
      if (!statSync(path).isFile()) continue;
      const text = readFileSync(path, 'utf8');
      if (file === 'case.json') options = JSON.parse(text) as Record<string, unknown>;
      else texts[join('/p', name, relative(folder, path))] = text;
    }
    return { name, texts, options };
  });
}

function load({ name, texts, options }: Case): ReturnType<typeof loadProject> {
  const {
    environment,
    expect: _expect,
    ...input
  } = options as { environment?: Record<string, string>; expect?: unknown };
  return loadProject(
    { folder: join('/p', name), ...input, environment: { HOME: '/home/dev', ...environment } },
    { files: memoryFiles(texts) },
  );
}

const valid = read('valid');
const all = [...valid, ...read('invalid'), ...read('unsupported')];

/** What Compose prints for these cannot be read again, by it or by us, and we print the same. */
const printedForGood = new Set([
  'interpolation-not-in-keys', // dollar signs in keys are doubled, but never halved
  'profiles-optional-dependency', // the dependency stays, the service goes
  'resources', // “-1” is a size only as a number
]);

describe('the corpus', () => {
  it.each(valid.filter(({ name }) => !printedForGood.has(name)).map((entry) => [entry.name, entry] as const))(
    '%s is read back as it is printed',
    async (_name, entry) => {
      const first = await load(entry);
      for (const format of ['yaml', 'json'] as const) {
        const text = printProject(first.project, format);
        const again = await loadProject(
          { folder: '/again', profiles: ['*'], environment: {} },
          { files: memoryFiles({ '/again/compose.yaml': text }) },
        );
        expect(again.project).toEqual(first.project);
        expect(printProject(again.project, format)).toBe(text);
      }
    },
  );

  it('in any mutation loads or is refused with a place', async () => {
    const pieces = [
      ...['null', '~', '[]', '{}', '""', '1', '-1', 'true', 'a', '[a]', '{a: b}', '1.5', '0644', '${X}', '${X:?}', '$'],
      ...[':', '#', '\n', '  ', '- ', '&a ', '*a', '!reset ', '!override ', '<<: *a', '10s', '{', '}', '[', ']', ','],
      ...["'", '"', '8080:80', './x:/y', '[null]', '[1]', '2024-01-01', '|\n  x', '.inf', '---\n', 'services:', '\t'],
    ];
    const edit = fc.record({ at: fc.nat(), remove: fc.nat({ max: 20 }), insert: fc.constantFrom('', ...pieces) });
    await fc.assert(
      fc.asyncProperty(
        fc.nat(),
        fc.nat(),
        fc.array(edit, { minLength: 1, maxLength: 3 }),
        async (which, file, edits) => {
          const entry = all[which % all.length]!;
          const paths = Object.keys(entry.texts);
          const path = paths[file % paths.length]!;
          let text = entry.texts[path]!;
          for (const { at, remove, insert } of edits) {
            const offset = at % (text.length + 1);
            text = text.slice(0, offset) + insert + text.slice(offset + remove);
          }
          try {
            await load({ ...entry, texts: { ...entry.texts, [path]: text } });
          } catch (error) {
            if (!(error instanceof AppError)) throw error;
            if (error.code === 'stack.no-compose-file') return;
            const problems = problemsOf(error.details);
            expect(problems.length, error.message).toBeGreaterThan(0);
            for (const problem of problems) expect(problem.position, problem.message).toBeDefined();
          }
        },
      ),
      { numRuns: mutations },
    );
  }, 600_000);
});

describe('merging', () => {
  const word = fc.constantFrom('a', 'b', 'c');
  const pair = fc.tuple(word, word).map(([key, value]) => `${key}=${value}`);
  const texts = fc.dictionary(word, word);
  const optional = <T>(values: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(values, { nil: undefined });
  /** Attributes whose rules make the order of merging irrelevant, as the specification has it. */
  const service = fc
    .record({
      image: optional(word),
      command: optional(fc.array(word)),
      environment: optional(fc.array(pair)),
      labels: optional(texts),
      cap_add: optional(fc.array(word)),
      dns: optional(fc.array(word)),
      ports: optional(fc.array(fc.constantFrom('1:1', '2:2', '3:3'))),
      volumes: optional(fc.array(fc.constantFrom('one:/a', 'two:/a', 'one:/b'))),
      deploy: optional(fc.record({ resources: fc.record({ limits: texts }) })),
      networks: optional(fc.dictionary(word, fc.record({ priority: fc.nat({ max: 3 }) }))),
      healthcheck: optional(fc.record({ test: fc.array(word) })),
    })
    .map((value) => Object.fromEntries(Object.entries(value).filter(([, inner]) => inner !== undefined)));

  it('of three files gives the same, whichever two come first', () => {
    const tree = (value: unknown) =>
      fromPlain({ services: { web: value } }, { position: { file: 'f', line: 1, column: 1 } });
    const over = (base: ReturnType<typeof tree>, top: ReturnType<typeof tree>) =>
      unique(merge(base, top, createProblems()));
    /** Lists of key=value and mappings mean the same. */
    const meaning = (node: ReturnType<typeof tree>): unknown =>
      JSON.parse(JSON.stringify(plain(node)), (key, value: unknown) =>
        ['environment', 'labels'].includes(key) && typeof value === 'object' && !Array.isArray(value) && value !== null
          ? Object.entries(value)
              .map(([name, inner]) => `${name}=${inner}`)
              .sort()
          : ['environment', 'labels'].includes(key) && Array.isArray(value)
            ? [...value].sort()
            : value,
      );
    fc.assert(
      fc.property(service, service, service, (a, b, c) => {
        const [x, y, z] = [tree(a), tree(b), tree(c)];
        expect(meaning(over(over(x, y), z))).toEqual(meaning(over(x, over(y, z))));
      }),
    );
  });

  it('with nothing changes nothing', () => {
    fc.assert(
      fc.property(service, (value) => {
        const tree = fromPlain({ services: { web: value } }, { position: { file: 'f', line: 1, column: 1 } });
        const empty = fromPlain({}, tree);
        expect(plain(merge(tree, empty, createProblems()))).toEqual(plain(tree));
        expect(plain(merge(empty, tree, createProblems()))).toEqual(plain(tree));
      }),
    );
  });
});
