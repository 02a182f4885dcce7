import { join } from 'node:path';
import type { EngineApi } from '../api.ts';
import type { EngineOptions } from '../engine-types.ts';
import { hideValues } from '../environments/masking.ts';
import type { Clock } from '../platform/clock.ts';
import type { Files } from '../platform/files.ts';
import type { RunProcess } from '../platform/processes.ts';
import type { StepImplementation } from '../routines/step-types.ts';
import type { Secrets } from '../secrets/secrets.ts';
import type { GitSources } from '../stacks/remote/git-sources.ts';
import type { Database } from '../storage/database.ts';
import type { SettingsStore } from '../storage/settings.ts';
import { type ChangesStepDeps, changesStep } from './changes-step.ts';
import { createCommittedAt } from './committed-at.ts';
import { createReadUrl } from './https-file.ts';
import { repositoryOf } from './repository-of.ts';
import { createSeenBook } from './seen-book.ts';
import { syncStep } from './sync-step.ts';
import { createTeamBook } from './team-book.ts';

export interface ConfigSyncDeps extends Pick<ChangesStepDeps, 'load' | 'as'> {
  readonly files: Files;
  readonly clock: Clock;
  readonly database: Database;
  readonly settings: SettingsStore;
  readonly remote: Pick<GitSources, 'checkOut'>;
  readonly secrets: Pick<Secrets, 'read' | 'known' | 'store' | 'kept' | 'hide'>;
  readonly runProcess: RunProcess;
  readonly options: Pick<EngineOptions, 'dataFolder' | 'environment'>;
  /** The engine's own surface, as far as steps use it. */
  readonly api: () => Pick<EngineApi, 'environments' | 'golden'>;
}

/** Configuration of the team, env files, secrets, and what changed since the last time: two kinds of steps. */
export function createConfigSync(deps: ConfigSyncDeps): { readonly steps: readonly StepImplementation<never>[] } {
  const { files, database, settings, secrets, options } = deps;
  const seen = createSeenBook(database);
  const sync = syncStep({
    ...{ files, secrets, seen },
    environment: options.environment,
    book: createTeamBook(database),
    readUrl: createReadUrl({ files, cacheFolder: join(options.dataFolder, 'team-files'), fetch }),
    checkOut: deps.remote.checkOut,
    repositoryOf: (folder) => repositoryOf(files, folder),
    allowed: (source) => settings.get().remoteSources?.includes(source) === true,
    allow: (source) => void settings.set({ remoteSources: [...(settings.get().remoteSources ?? []), source] }),
    async maskFor(environmentId, keys, signal) {
      const values = Object.values(await secrets.read(environmentId, keys, { mayUnlock: false, signal }));
      return (text) => hideValues(text, values);
    },
  });
  const git = { files, run: deps.runProcess, environment: options.environment, platform: process.platform };
  const changes = changesStep({
    ...{ files, clock: deps.clock, load: deps.load, as: deps.as, seen },
    environments: {
      plan: (...args) => deps.api().environments.plan(...args),
      up: (...args) => deps.api().environments.up(...args),
    },
    golden: { capture: (...args) => deps.api().golden.capture(...args) },
    committedAt: createCommittedAt(git),
  });
  return { steps: [sync, changes] as unknown as readonly StepImplementation<never>[] };
}
