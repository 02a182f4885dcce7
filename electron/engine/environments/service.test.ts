import { describe, expect, test } from 'vitest';
import { systemClock } from '../platform/clock.ts';
import { systemFiles } from '../platform/files.ts';
import type { CatalogueRow } from './catalogue.ts';
import { createEnvironments } from './service.ts';
import type { LoadedStack } from './stack-loader.ts';

const signal = new AbortController().signal;
const row = (stackName: string, addedAt: string): CatalogueRow => ({
  id: `${stackName}/main`,
  stackName,
  name: 'main',
  folder: `/nowhere/${stackName}`,
  addedAt,
  loading: {},
});
const rows = [row('shop', '2025-02-03T10:00:00.000Z'), row('other', '2025-02-04T10:00:00.000Z')];

describe('environments', () => {
  test('a second folder that takes the project name of another is refused: its data would be the other one`s', async () => {
    const environments = createEnvironments({
      catalogue: { list: () => rows, add: () => undefined, update: () => undefined, remove: () => undefined },
      loadStack: async (): Promise<LoadedStack> => ({
        stackName: 'shop',
        class: 'development',
        project: { name: 'shop', services: {} },
        files: [],
        inactiveServices: [],
        envFiles: [],
        workingFolder: '',
        goldenFile: null,
        configHashes: {},
        excludedVolumes: [],
        gateTimeoutMs: 1000,
        warnings: [],
        risks: [],
        variables: {},
        filesRead: [],
        positionOf: () => undefined,
        originOf: () => undefined,
      }),
      files: systemFiles,
      clock: systemClock,
      publish: () => undefined,
      drift: () => ({}),
      undoState: () => null,
    });
    expect((await environments.resolveTarget('shop/main', signal)).projectName).toBe('shop');
    await expect(environments.resolveTarget('other/main', signal)).rejects.toThrow(/shop\/main .* has already/);
    await expect(environments.resolveRunning('other/main', signal)).rejects.toThrow(/has already/);
    expect((await environments.resolveRunning('shop/main', signal)).id).toBe('shop/main');
  });
});
