import { userInfo } from 'node:os';
import { resolve } from 'node:path';
import type { EngineOptions } from '../engine-types.ts';
import type { Environments } from '../environments/service.ts';
import { loadedOf } from '../environments/target.ts';
import { systemFiles } from '../platform/files.ts';
import { runProcess } from '../platform/processes.ts';
import { spawnPty } from '../platform/pty.ts';
import { createListSession } from '../platform/session-processes.ts';
import type { Database } from '../storage/database.ts';
import type { EngineInUse } from './host-environment.ts';
import { createOpenOnHost, type HostStack } from './host-place.ts';
import { createTerminalMemory } from './memory.ts';
import { createTerminals, type Terminals, type TerminalsDeps } from './terminal.ts';

export interface EngineTerminalsDeps extends Pick<TerminalsDeps, 'current' | 'projectOf' | 'flows' | 'clock'> {
  readonly options: EngineOptions;
  readonly database: Database;
  readonly environments: Environments;
  readonly engines: { selected(): EngineInUse | undefined };
}

/** Terminals as the engine has them: in containers and on this machine, remembered over a restart. */
export function createEngineTerminals(deps: EngineTerminalsDeps): Terminals {
  const { options, environments } = deps;
  const { platform } = process;
  return createTerminals({
    ...deps,
    memory: createTerminalMemory(deps.database),
    openOnHost: createOpenOnHost({
      files: systemFiles,
      clock: deps.clock,
      spawn: spawnPty,
      listSession: createListSession(platform, runProcess),
      home: options.home,
      platform,
      version: options.version,
      environment: options.environment,
      loginShell: loginShell(),
      stackOf: (id, signal) => stackOf(environments, id, signal),
      engineInUse: () => deps.engines.selected() ?? null,
    }),
  });
}

function loginShell(): string | null {
  try {
    return userInfo().shell;
  } catch {
    // A user whom the system does not know by name.
    return null;
  }
}

/** A terminal is where a broken file is repaired, so it must open with one. */
async function stackOf(environments: Environments, id: string, signal: AbortSignal): Promise<HostStack> {
  const { folder } = environments.row(id);
  const target = await environments.resolveRunning(id, signal).catch(() => undefined);
  if (target === undefined) {
    return { folder, projectName: environments.projectName(id), files: [], envFiles: [], repositories: [] };
  }
  const loaded = loadedOf(target);
  return {
    folder,
    projectName: target.projectName,
    files: target.files,
    envFiles: target.envFiles ?? [],
    profiles: loaded?.profiles,
    repositories: (loaded?.declared?.git?.repositories ?? []).map((repository) => resolve(folder, repository)),
  };
}
