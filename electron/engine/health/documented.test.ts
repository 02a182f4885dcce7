import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { parseGoldenFile } from '../stacks/golden-file/load.ts';

it('reads the golden.yml of docs/health.md', async () => {
  const text = await readFile(new URL('../../../docs/health.md', import.meta.url), 'utf8');
  const example = /```yaml\n([\s\S]*?)```/.exec(text)?.[1] ?? '';
  const { value } = parseGoldenFile(example, '/shop/golden.yml');
  expect(Object.keys(value.health?.services ?? {})).toEqual(['api', 'worker', 'cache']);
});
