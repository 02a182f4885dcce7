import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { rewriteYaml } from './yaml-difference.ts';

const file = `version: 1   # one
routines:
  # How we begin
  early:
    title: 'Early'
    steps:
      # What others did
      - uses: git.fetch # from origin
        id: fetch

      # Needs the network
      - id: images
        run: |
          make images

          make more
        # Takes long
        timeout: 10m

      - {id: up, uses: stack.up} # everything
      # The end of it
    budget: 5m # enough
# Below
git:
  protected: [main]
`;
const path = ['routines', 'early'];
const before = parse(file).routines.early;
const [fetch, images, up] = before.steps;
const rewritten = (steps: unknown[]): string => rewriteYaml(file, path, { ...before, steps });

describe('rewriting a part of a YAML file', () => {
  it('leaves alone what stays', () => {
    expect(rewriteYaml(file, path, before)).toBe(file);
  });

  it('changes one entry of one item', () => {
    expect(rewritten([fetch, { ...images, timeout: '5m' }, up])).toBe(file.replace('10m', '5m'));
    expect(rewritten([{ ...fetch, optional: true }, images, up])).toBe(
      file.replace('id: fetch\n', 'id: fetch\n        optional: true\n'),
    );
    expect(rewritten([fetch, images, { ...up, timeout: '1m' }])).toBe(
      file.replace('{id: up, uses: stack.up}', '{id: up, uses: stack.up, timeout: 1m}'),
    );
    expect(rewritten([{ id: 'fetch', uses: 'git.pull' }, images, up])).toBe(file.replace('git.fetch', 'git.pull'));
  });

  it('removes the first entry of an item', () => {
    const { run, timeout } = images;
    expect(rewritten([fetch, { run, timeout }, up])).toBe(file.replace('- id: images\n        run: |', '- run: |'));
  });

  it('removes an item with what is said about it', () => {
    expect(rewritten([fetch, up])).toBe(file.replace(/ {6}# Needs the network[\s\S]*?timeout: 10m\n\n/, ''));
    expect(rewritten([images, up])).toBe(file.replace(/ {6}# What others[\s\S]*?id: fetch\n\n/, ''));
    expect(rewritten([fetch, images])).toBe(file.replace(/\n {6}- \{id: up.*\n/, ''));
  });

  it('adds items where they belong', () => {
    expect(rewritten([fetch, { uses: 'config.sync' }, images, up])).toBe(
      file.replace('\n      # Needs', '\n      - uses: config.sync\n\n      # Needs'),
    );
    expect(rewritten([fetch, images, up, { run: ['make', 'x'], needs: [] }])).toBe(
      file.replace(
        '# everything\n',
        '# everything\n\n      - run:\n          - make\n          - x\n        needs: []\n',
      ),
    );
  });

  it('moves items with what is said about them', () => {
    expect(rewritten([up, fetch, images])).toBe(`version: 1   # one
routines:
  # How we begin
  early:
    title: 'Early'
    steps:
      - {id: up, uses: stack.up} # everything

      # What others did
      - uses: git.fetch # from origin
        id: fetch

      # Needs the network
      - id: images
        run: |
          make images

          make more
        # Takes long
        timeout: 10m
      # The end of it
    budget: 5m # enough
# Below
git:
  protected: [main]
`);
  });

  it('replaces commands of several lines, and what becomes of another form', () => {
    expect(rewritten([fetch, { ...images, run: 'make a\nmake b\n' }, up])).toBe(
      file.replace('make images\n\n          make more', 'make a\n          make b'),
    );
    expect(rewritten([fetch, { ...images, run: ['make'] }, up])).toBe(
      file.replace('run: |\n          make images\n\n          make more\n', 'run:\n          - make\n'),
    );
  });

  it('changes scalars in lists in place', () => {
    const text = 'a:\n  - x # first\n  - y # second\n  # last\nb: 1\n';
    expect(rewriteYaml(text, ['a'], ['x', 'z'])).toBe(text.replace('y', 'z'));
    expect(rewriteYaml(text, ['a'], ['y', 'x', 'w'])).toBe(
      'a:\n  - y # second\n  - x # first\n  - w\n  # last\nb: 1\n',
    );
    expect(rewriteYaml('a: [x, y]\n', ['a'], ['y', 'z w', 'x'])).toBe('a: [y, z w, x]\n');
  });

  it('adds and removes the whole', () => {
    expect(rewriteYaml('version: 1\n', path, before)).toBe(
      `version: 1\n${stringify({ routines: { early: before } }, { lineWidth: 0 })}`,
    );
    expect(rewriteYaml(file, path, undefined)).toBe(file.replace(/routines:[\s\S]*?# enough\n/, ''));
  });

  it('keeps the ends of lines of Windows', () => {
    const text = 'a:\r\n  # one\r\n  - x: 1\r\n  # two\r\n  - x: 2\r\n';
    expect(rewriteYaml(text, ['a'], [{ x: 2 }, { x: 3 }, { x: 1 }])).toBe(
      'a:\r\n  # two\r\n  - x: 2\r\n  - x: 3\r\n  # one\r\n  - x: 1\r\n',
    );
  });

  const step = fc.record(
    {
      uses: fc.constantFrom('git.fetch', 'stack.up', 'ready'),
      run: fc.oneof(
        fc.string({ maxLength: 20 }),
        fc.constant('a\n\n  b\n'),
        fc.array(fc.string({ maxLength: 5 }), { minLength: 1, maxLength: 3 }),
      ),
      needs: fc.array(fc.constantFrom('s0', 's1', 's2'), { maxLength: 2 }),
      with: fc.dictionary(fc.constantFrom('x', 'y'), fc.oneof(fc.integer(), fc.boolean(), fc.string()), {
        maxKeys: 2,
        noNullPrototype: true,
      }),
    },
    { requiredKeys: [], noNullPrototype: true },
  );
  const written = fc.record({ step, above: fc.boolean(), inside: fc.boolean(), gap: fc.boolean(), flow: fc.boolean() });

  /** Steps s0, s1, … with comments that name them. */
  const fileOf = (
    steps: readonly { step: object; above: boolean; inside: boolean; gap: boolean; flow: boolean }[],
  ): string => {
    const items = steps.map(({ step: own, above, inside, gap, flow }, index) => {
      const value = { id: `s${index}`, ...own };
      const text = stringify(value, { lineWidth: 0, ...(flow ? { collectionStyle: 'flow' } : {}) }).trimEnd();
      const lines = text.split('\n').map((line, at) => `${at === 0 ? '    - ' : '      '}${line}`);
      const [head = '', ...rest] = lines;
      return [
        ...(gap && index > 0 ? [''] : []),
        ...(above ? [`    # above s${index}`] : []),
        inside ? `${head} # beside s${index}` : head,
        ...rest,
      ].join('\n');
    });
    return `version: 1   # spaced\nroutines:\n  a:\n    budget: 5m # kept\n    steps:\n${items.join('\n')}\n  b: 1 # other\n`;
  };

  it('always reads back as asked, and loses no comment of what stays', () => {
    fc.assert(
      fc.property(
        fc.array(written, { minLength: 1, maxLength: 5 }),
        fc.array(fc.nat(8), { minLength: 1, maxLength: 6 }),
        step,
        fc.nat(),
        (steps, order, other, pick) => {
          const text = fileOf(steps);
          const given = parse(text)?.routines?.a?.steps;
          fc.pre(Array.isArray(given));
          let changed: number | undefined;
          const wanted = [...new Set(order)].map((from, place) => {
            if (from >= given.length) return { id: `n${place}`, ...other };
            if (pick % 7 !== place) return given[from];
            changed = from;
            return { id: given[from].id, ...other };
          });
          const after = rewriteYaml(text, ['routines', 'a'], { budget: '5m', steps: wanted });
          expect(parse(after)).toEqual({ version: 1, routines: { a: { budget: '5m', steps: wanted }, b: 1 } });
          for (const line of ['version: 1   # spaced', 'budget: 5m # kept', 'b: 1 # other'])
            expect(after).toContain(line);
          for (const [index, { above, inside }] of steps.entries()) {
            const stays = wanted.some(({ id }) => id === `s${index}`);
            const lines = after.split('\n');
            if (above) expect(lines.some((line) => line.trim() === `# above s${index}`)).toBe(stays);
            if (above && stays) {
              const at = lines.findIndex((line) => line.trim() === `# above s${index}`);
              expect(lines[at + 1]).toMatch(new RegExp(`^ *- .*s${index}\\b`));
            }
            if (inside && stays && index !== changed) expect(after).toContain(`# beside s${index}`);
          }
        },
      ),
      { numRuns: 300 },
    );
  });
});
