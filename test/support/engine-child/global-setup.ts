import { rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { TestProject } from 'vitest/node';
import { bundleEngineChild } from './run.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** The bundle that `runEngineChild` runs. */
    readonly engineChild: string;
  }
}

/** Bundles the engine once for all files of a run. Returns how to remove it. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  // Set by build/test.mjs when there is no engine and nothing is run.
  if (process.env.GOLDENHOUR_SKIP_ENGINE === '1') {
    project.provide('engineChild', '');
    return async () => undefined;
  }
  const bundle = await bundleEngineChild();
  project.provide('engineChild', bundle);
  return () => rm(dirname(bundle), { recursive: true, force: true });
}
