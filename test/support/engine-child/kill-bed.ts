import { randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type Docker from 'dockerode';
import { expect, inject } from 'vitest';
import { connectDocker, removeByLabel, removeProject } from '../docker.ts';
import { temporaryFolder } from '../temp.ts';
import type { ChildJob } from './protocol.ts';
import { type ChildResult, runEngineChild } from './run.ts';

export type ChildCall = ChildJob['calls'][number];
export const childCall = (procedure: string, input: unknown): ChildCall => ({ procedure, input });

/** A stack of its own, and lives of an engine of its own that follow each other. */
export interface KillBed {
  readonly docker: Docker;
  readonly projectName: string;
  readonly environmentId: string;
  readonly projectLabel: string;
  readonly folder: string;
  readonly home: string;
  /** One life: it makes the calls, and dies where it is told to. */
  life(calls: readonly ChildCall[], kill?: ChildJob['kill']): Promise<ChildResult>;
  /** A life in which every call must end well. */
  well(...calls: ChildCall[]): Promise<ChildResult>;
  close(): Promise<void>;
}

/** Begins the names of the project (`gh-PREFIX-…`) and of its store with the prefix; the stack is not added yet. */
export async function killBed({
  prefix,
  composeFile,
}: {
  readonly prefix: string;
  readonly composeFile: string;
}): Promise<KillBed> {
  const docker = connectDocker();
  const key = randomBytes(4).toString('hex');
  const projectName = `gh-${prefix}-${key}`;
  const environmentId = `${projectName}/main`;
  const storeNames = { volume: `gh-${prefix}-store-${key}`, helper: `gh-${prefix}-helper-${key}` };
  const home = await temporaryFolder('golden hour $(kill) ');
  const folder = join(home.path, projectName);
  await mkdir(folder);
  await writeFile(join(folder, 'compose.yaml'), composeFile);
  const life = (calls: readonly ChildCall[], kill: ChildJob['kill'] = null): Promise<ChildResult> =>
    runEngineChild(inject('engineChild'), { dataFolder: join(home.path, 'data'), storeNames, kill, calls: [...calls] });

  return {
    docker,
    projectName,
    environmentId,
    projectLabel: `com.docker.compose.project=${projectName}`,
    folder,
    home: home.path,
    life,
    async well(...calls) {
      const result = await life(calls);
      for (const answer of result.answers) {
        expect(answer.error, answer.procedure).toBeUndefined();
        const state = (answer.result as { state?: string } | undefined)?.state;
        if (typeof state === 'string' && 'steps' in (answer.result as object))
          expect(answer.result, answer.procedure).toMatchObject({ state: 'done' });
      }
      return result;
    },
    async close() {
      await removeProject(docker, projectName);
      await docker
        .getContainer(storeNames.helper)
        .remove({ force: true })
        .catch(() => undefined);
      await docker
        .getVolume(storeNames.volume)
        .remove({ force: true })
        .catch(() => undefined);
      await removeByLabel(docker, `io.goldenhour.environment=${environmentId}`);
      await home.remove();
    },
  };
}
