import { join } from 'node:path';
import { hideValues } from '../environments/masking.ts';
import type { Clock } from '../platform/clock.ts';
import type { Files } from '../platform/files.ts';
import type { StepImplementation } from '../routines/step-types.ts';
import type { Secrets } from '../secrets/secrets.ts';
import type { GitSources } from '../stacks/remote/git-sources.ts';
import type { Database } from '../storage/database.ts';
import type { SettingsStore } from '../storage/settings.ts';
import { type ChangesStepDeps, changesStep } from './changes-step.ts';
import { createReadUrl } from './https-file.ts';
import { repositoryOf } from './repository-of.ts';
import { createSeenBook } from './seen-book.ts';
import { syncStep } from './sync-step.ts';
import { createTeamBook } from './team-book.ts';

export interface ConfigSyncDeps
  extends Pick<ChangesStepDeps, 'load' | 'environments' | 'golden' | 'as' | 'committedAt'> {
  readonly files: Files;
  readonly clock: Clock;
  readonly database: Database;
  readonly settings: SettingsStore;
  readonly remote: Pick<GitSources, 'checkOut'>;
  readonly secrets: Pick<Secrets, 'read' | 'known' | 'store' | 'kept'>;
  readonly options: { readonly dataFolder: string; readonly environment: Readonly<Record<string, string | undefined>> };
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
  return { steps: [sync, changesStep({ ...deps, seen })] as unknown as readonly StepImplementation<never>[] };
}
