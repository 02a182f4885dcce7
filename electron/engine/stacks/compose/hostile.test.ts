import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { problemsOf } from '../../../../shared/domain/problem.ts';
import { AppError } from '../../../../shared/errors.ts';
import { memoryFiles } from '../../../../test/support/memory-files.ts';
import { loadProject } from './load.ts';

/** Loads text as a Compose file. Gives the error, after checking that it says where. */
async function tryLoad(text: string): Promise<AppError | undefined> {
  try {
    await loadProject({ folder: '/p', environment: {} }, { files: memoryFiles({ '/p/compose.yaml': text }) });
    return undefined;
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const problems = problemsOf(error.details);
    expect(problems.length).toBeGreaterThan(0);
    for (const problem of problems) expect(problem.position, problem.message).toBeDefined();
    return error;
  }
}

describe('hostile files', () => {
  it.each([
    ['brackets', `a: ${'['.repeat(100_000)}`],
    ['braces', '{a: '.repeat(20_000)],
    ['balanced brackets', `a: ${'['.repeat(5_000)}${']'.repeat(5_000)}`],
    ['dashes', `${'- '.repeat(20_000)}x`],
    ['questions', `${'? '.repeat(20_000)}x`],
    ['dashes and brackets', `${'- '.repeat(200)}${'['.repeat(200)}x`],
    ['indentation', Array.from({ length: 2_000 }, (_, i) => `${' '.repeat(i)}a:`).join('\n')],
    ['many brackets', `a: ${'['.repeat(1_000_000)}`],
    ['quotes', `a: ${`"`.repeat(50_001)}`],
    ['commas', `[${','.repeat(200_000)}]`],
    ['closing brackets', `a: ${']'.repeat(50_000)}`],
    ['tags', `a: ${'!x '.repeat(20_000)}`],
    ['anchors', `a: ${'&a '.repeat(20_000)}x`],
    ['an open block', `services:\n  web:\n    image: |\n${'      x\n'.repeat(10_000)} y`],
    ['nothing but tabs', '\t'.repeat(100_000)],
    ['control characters', 'services: \u0000'],
    ['nested defaults', `services: {web: {image: "${'${A:-'.repeat(10_000)}"}}`],
  ])('end with a place: %s', async (_name, text) => {
    expect(await tryLoad(text)).toBeDefined();
  });

  it('do not unfold aliases without end', async () => {
    const lines = ['a0: &a0 [x, x, x, x, x, x, x, x, x, x]'];
    for (let i = 1; i < 12; i++)
      lines.push(
        `a${i}: &a${i} [${Array(10)
          .fill(`*a${i - 1}`)
          .join(', ')}]`,
      );
    const error = await tryLoad(`${lines.map((line) => `x-${line}`).join('\n')}\nservices: {web: {image: x}}\n`);
    expect(error?.message).toContain('unfold to too many values');
  });

  it('do not unfold merge keys without end', async () => {
    const lines = ['x-a0: &a0 {k: {l: {m: n}}}'];
    for (let i = 1; i < 40; i++) lines.push(`x-a${i}: &a${i} {a: {<<: *a${i - 1}}, b: {<<: *a${i - 1}}}`);
    expect((await tryLoad(lines.join('\n')))?.message).toContain('unfold to too many values');
  });

  it('may be large', async () => {
    const service = (i: number): string =>
      `  s${i}:\n    image: x\n    labels:\n${Array.from({ length: 20 }, (_, k) => `      k${k}: "${'v'.repeat(60)}"\n`).join('')}`;
    const text = `services:\n${Array.from({ length: 400 }, (_, i) => service(i)).join('')}`;
    expect(text.length).toBeGreaterThan(600_000);
    expect(await tryLoad(text)).toBeUndefined();
  });

  it.each([
    ['unknown keys', `services:\n${Array.from({ length: 40_000 }, (_, i) => `  s${i}: {imag: x}\n`).join('')}`],
    ['wrong items', `services: {web: {image: x, ports: [${'[],'.repeat(60_000)}]}}`],
    ['wrong items of either form', `services: {web: {image: x, environment: [${'{},'.repeat(60_000)}]}}`],
    [
      'undefined dependencies',
      `services:\n${Array.from({ length: 5_000 }, (_, i) => `  s${i}: {image: x, depends_on: [t${i}]}\n`).join('')}`,
    ],
    ['variables that must be set', `services: {web: {image: x, labels: {a: "${'${A:?}'.repeat(150_000)}"}}}`],
  ])(
    'with very many faults are refused: %s',
    async (_name, text) => {
      expect(await tryLoad(text)).toBeDefined();
    },
    120_000,
  );

  it.each([
    ['variables', `services: {web: {image: x, labels: {a: "${'${A:-x}'.repeat(150_000)}"}}}`],
    ['variables in a default', `services: {web: {image: x, labels: {a: "${'${A:-'}${'$B'.repeat(200_000)}}"}}}`],
    ['dollar signs', `services: {web: {image: x, labels: {a: "${'$$'.repeat(2_000_000)}"}}}`],
    ['unset variables', `services: {web: {image: x, labels: {a: "${'$A'.repeat(200_000)}"}}}`],
    ['words', `services: {web: {image: x, command: '${'a "b" '.repeat(100_000)}'}}`],
    [
      'items',
      `services: {web: {image: x, dns_search: [${Array.from({ length: 40_000 }, (_, i) => `h${i}`).join(',')}]}}`,
    ],
    [
      'services',
      `services:\n${Array.from({ length: 5_000 }, (_, i) => `  s${i}: {image: x, labels: {a: b}}\n`).join('')}`,
    ],
  ])(
    'of megabytes are read, with very many %s',
    async (_name, text) => {
      expect(await tryLoad(text)).toBeUndefined();
    },
    120_000,
  );

  it.each([
    ['links', 'links: [b]', 'links: [a]', true],
    ['volumes_from', 'volumes_from: [b]', 'volumes_from: [a]', true],
    ['network_mode', 'network_mode: "service:b"', 'network_mode: "service:a"', true],
    ['pid and ipc', 'pid: "service:b"', 'ipc: "service:a"', true],
    ['themselves', 'network_mode: "service:a"', '', true],
    [
      'configs of builds',
      'build: {context: ., additional_contexts: {x: "service:b"}}',
      'build: {context: ., additional_contexts: {x: "service:a"}}',
      false,
    ],
  ])('with circles of %s end', async (_name, one, two, refused) => {
    const error = await tryLoad(`services:\n  a:\n    image: x\n    ${one}\n  b:\n    image: x\n    ${two}\n`);
    if (refused) expect(error?.code).toBe('compose.cycle');
  });

  it('are refused when they are larger than any Compose file', async () => {
    expect((await tryLoad(`# ${'x'.repeat(9 * 1024 * 1024)}`))?.message).toContain('8 MB at most');
  });

  it('may have long chains, but no circles', async () => {
    const chain = Array.from({ length: 600 }, (_, i) => `  s${i}: {image: x, depends_on: [s${i + 1}]}\n`);
    expect(await tryLoad(`services:\n${chain.join('')}  s600: {image: x}\n`)).toBeUndefined();
    const circle = await tryLoad(`services:\n${chain.join('')}  s600: {image: x, depends_on: [s0]}\n`);
    expect(circle?.code).toBe('compose.cycle');
    const long = Array.from({ length: 300 }, (_, i) => `  s${i}: {extends: s${i + 1}}\n`);
    expect(await tryLoad(`services:\n${long.join('')}  s300: {image: x}\n`)).toBeUndefined();
    const selves = await tryLoad(`services:\n${long.join('')}  s300: {extends: s0}\n`);
    expect(selves?.code).toBe('compose.cycle');
  });
});

describe('any YAML', () => {
  const word = fc.constantFrom(
    ...['services', 'web', 'image', 'x', 'ports', '8080:80', 'environment', 'A=1', 'volumes', './a:/b', 'networks'],
    ...['depends_on', 'extends', 'include', 'secrets', 'configs', 'build', '.', 'deploy', 'healthcheck', 'test', '10s'],
    ...['${A:?}', '${A:-1}', '$', 'null', 'true', '1.5', 'command', 'labels', 'profiles', 'name', 'develop', 'watch'],
  );
  const tree = fc.letrec<{ node: unknown }>((tie) => ({
    node: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      word,
      fc.constantFrom(null, true, 0, -1, 1.5, ''),
      fc.array(tie('node'), { maxLength: 4 }),
      fc.dictionary(word, tie('node'), { maxKeys: 5 }),
    ),
  })).node;

  it('loads or is refused with a place', async () => {
    await fc.assert(
      fc.asyncProperty(tree, tree, async (service, rest) => {
        const project = { services: { web: service, ...(typeof rest === 'object' ? rest : {}) }, volumes: rest };
        await tryLoad(JSON.stringify(project));
        await tryLoad(JSON.stringify({ services: { web: { image: 'x', ...(typeof rest === 'object' ? rest : {}) } } }));
      }),
      { numRuns: 300 },
    );
  });
});
