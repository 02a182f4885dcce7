import { defineConfig } from '@playwright/test';

/** Where results and screenshots go; the checkout may not be writable for the user who runs the window. */
const output = process.env.GOLDENHOUR_TEST_OUTPUT ?? '.';

export default defineConfig({
  testDir: 'test/e2e/specs',
  testMatch: '**/*.spec.ts',
  globalTeardown: './test/e2e/support/global-teardown.ts',
  outputDir: `${output}/test-results/e2e`,
  timeout: 120_000,
  expect: { timeout: 15_000 },
  // One window at a time: the specs share a Docker engine, and a slow screen would fail for no reason of ours.
  workers: 1,
  fullyParallel: false,
  // Shown as flaky where the second try was needed.
  retries: process.env.CI === undefined ? 0 : 1,
  forbidOnly: process.env.CI !== undefined,
  reporter: [['list'], ['json', { outputFile: `${output}/test-results/e2e.json` }]],
});
