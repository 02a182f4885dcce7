import { defineConfig } from 'vitest/config';
import { LongestFirst } from './test/support/longest-first.ts';

const seconds = (n: number): number => n * 1000;
// A real engine on a busy machine: one more try in continuous integration, shown as `retry x1` in the output.
const retry = process.env.CI === undefined ? 0 : 1;
const engineSetup = ['test/support/require-engine.ts'];

/** One project per suite; `npm test -- NAME` runs one of them. Suites that share a Docker engine run few files at once. */
export default defineConfig({
  test: {
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        test: {
          name: 'unit',
          include: ['{shared,electron,renderer,build,test}/**/*.test.{ts,tsx}'],
          exclude: ['test/{contract,integration,faults,e2e,fixtures}/**'],
          testTimeout: seconds(20),
          hookTimeout: seconds(20),
        },
      },
      {
        test: {
          name: 'contract',
          include: ['test/contract/**/*.test.ts'],
          testTimeout: seconds(60),
          hookTimeout: seconds(60),
        },
      },
      {
        test: {
          name: 'integration',
          include: ['test/integration/**/*.test.ts'],
          globalSetup: engineSetup,
          retry,
          testTimeout: seconds(180),
          hookTimeout: seconds(180),
        },
      },
      {
        test: {
          name: 'faults',
          include: ['test/faults/**/*.test.ts'],
          globalSetup: [...engineSetup, 'test/support/engine-child/global-setup.ts'],
          retry,
          testTimeout: seconds(240),
          hookTimeout: seconds(240),
        },
      },
    ],
  },
});
