import { resolve } from 'node:path';
import type { GoldenFile } from '../../../shared/domain/golden-file.ts';
import type { GitSection } from '../../../shared/domain/routine-file.ts';
import type { Files } from '../platform/files.ts';
import { loadGoldenFile } from '../stacks/golden-file/load.ts';
import { locateRepository } from './locate.ts';

/** What golden.yml says about git, and where the repositories are. */
export interface GitSetup {
  readonly section: GitSection;
  readonly golden: GoldenFile | undefined;
  /** Absolute. Empty: the stack is in no repository. The first is the one that facts and conditions are about. */
  readonly folders: readonly string[];
}

/** Throws what is wrong with golden.yml. */
export async function readSetup(files: Files, folder: string, signal: AbortSignal): Promise<GitSetup> {
  const golden = (await loadGoldenFile(folder, { files, signal }))?.value;
  const section = golden?.git ?? {};
  if (section.repositories !== undefined) {
    return { section, golden, folders: section.repositories.map((each) => resolve(folder, each)) };
  }
  const real = await files.real(folder);
  const located = real === undefined ? undefined : await locateRepository(real, files);
  return { section, golden, folders: located === undefined ? [] : [located.top] };
}
