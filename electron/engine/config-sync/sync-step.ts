import { z } from 'zod';
import type { ConfigSection } from '../../../shared/domain/routine-file.ts';
import { AppError } from '../../../shared/errors.ts';
import type { StepContext, StepImplementation, StepOutcome } from '../routines/step-types.ts';
import { loadGoldenFile } from '../stacks/golden-file/load.ts';
import { envPairs, lookAtEnv } from './env-pairs.ts';
import { type EnvSyncDeps, syncEnv, syncSecrets } from './env-sync.ts';
import { openSource, type ReadSourceDeps } from './read-source.ts';
import { consentFor, parseSource } from './source.ts';
import type { TeamBook } from './team-book.ts';
import { note, remarkOf, syncTeamFiles } from './team-files.ts';

export interface SyncStepDeps extends EnvSyncDeps, ReadSourceDeps {
  readonly book: TeamBook;
  /** Has the user agreed to fetch this? */
  readonly allowed: (source: string) => boolean;
  readonly allow: (source: string) => void;
  /** Takes what the key store has of an environment out of a text. */
  readonly maskFor: (
    environmentId: string,
    keys: readonly string[],
    signal: AbortSignal,
  ) => Promise<(text: string) => string>;
}

const options = z.strictObject({});

/** Brings the team's files, adds what env files lack, and asks for secrets. */
export function syncStep(deps: SyncStepDeps): StepImplementation<z.infer<typeof options>> {
  const { files } = deps;

  async function configOf(folder: string, signal: AbortSignal): Promise<ConfigSection | undefined> {
    // Read now: git may have brought another one, and a stack that lacks variables cannot be read as a whole.
    return (await loadGoldenFile(folder, { files, signal }))?.value.config;
  }

  return {
    kind: 'config.sync',
    options,
    title: () => 'Sync configuration',
    timeoutMs: 120_000,

    async look(_options, { target, signal }) {
      const config = await configOf(target.folder, signal);
      const missing: string[] = [];
      for (const pair of await envPairs(files, target.folder, config)) {
        const state = await lookAtEnv(files, target.folder, pair, config?.secrets ?? [], signal);
        missing.push(...(state?.missing.map(({ key }) => key) ?? []));
      }
      if (missing.length > 0)
        return missing.length <= 2 ? `${missing.join(', ')} missing` : `${missing.length} keys missing`;
      const count = Object.keys(config?.files ?? {}).length;
      return count === 0 ? null : `${count} ${count === 1 ? 'file' : 'files'} of the team`;
    },

    async run(_options, step) {
      const { folder } = step.target;
      const first = await configOf(folder, step.signal);
      const team = await bringFiles(deps, first, step);
      // It may have brought golden.yml itself.
      const config = team.written.length === 0 ? first : await configOf(folder, step.signal);
      const declared = config?.secrets ?? [];
      const inFiles = new Set<string>();
      const reasons = new Map<string, string>();
      const added: string[] = [];
      const pairs = await envPairs(files, folder, config);
      for (const pair of pairs) {
        step.detail(`Comparing ${pair.env} with ${pair.template}`);
        const done = await syncEnv(deps, folder, pair, declared, step).catch((error: unknown) => {
          if (!(error instanceof AppError) || step.signal.aborted) throw error;
          step.remark(remarkOf(`${pair.env} could not be compared with ${pair.template}`, error));
          return undefined;
        });
        if (done === undefined) continue;
        for (const key of done.keys) inFiles.add(key);
        if (done.added.length > 0) added.push(`${done.added.join(', ')} added to ${pair.env}`);
        const state = await lookAtEnv(files, folder, pair, declared, step.signal);
        for (const { key, comment } of state?.template ?? []) if (comment !== null) reasons.set(key, comment);
      }
      const stored = await syncSecrets(deps, declared, { inFiles, reasons }, step);
      return outcome({ team, added, stored, nothing: config === undefined && pairs.length === 0 });
    },
  };
}

async function bringFiles(
  deps: SyncStepDeps,
  config: ConfigSection | undefined,
  step: StepContext,
): Promise<{ readonly written: readonly string[]; readonly conflicts: readonly string[] }> {
  const none = { written: [], conflicts: [] };
  const wanted = config?.files ?? {};
  if (config?.source === undefined || Object.keys(wanted).length === 0) return none;
  const { folder } = step.target;
  try {
    const source = parseSource(config.source);
    const consent = consentFor(source);
    if (consent !== null && !deps.allowed(consent)) {
      const answer = await step.ask({
        kind: 'choice',
        text: `golden.yml wants files of ${consent} in this folder. Shall they be fetched, now and from then on?`,
        detail: Object.entries(wanted)
          .map(([from, to]) => `${from} → ${to}`)
          .slice(0, 100),
        choices: [
          { id: 'allow', label: 'Fetch them', danger: false },
          { id: 'no', label: 'Not now', danger: false },
        ],
      });
      if (answer.kind !== 'choice' || answer.id !== 'allow') {
        step.remark(
          note('Files of the team were not fetched', `${consent} was not allowed.`, 'Run the step again to allow it.'),
        );
        return none;
      }
      deps.allow(consent);
    }
    step.detail(`Fetching ${consent ?? config.source}`);
    const read = await openSource(deps, source, folder, step.signal);
    const mask = await deps.maskFor(step.environmentId, config.secrets ?? [], step.signal);
    return await syncTeamFiles({ ...deps, mask }, { folder, wanted, read }, step);
  } catch (error) {
    step.signal.throwIfAborted();
    if (!(error instanceof AppError) || error.code === 'operation.cancelled') throw error;
    // Without a network the day goes on with the files of yesterday.
    step.remark(remarkOf('Files of the team could not be looked at', error));
    return none;
  }
}

function outcome(done: {
  readonly team: { readonly written: readonly string[]; readonly conflicts: readonly string[] };
  readonly added: readonly string[];
  readonly stored: readonly string[];
  readonly nothing: boolean;
}): StepOutcome {
  if (done.nothing) return { result: 'There is nothing to sync', state: 'skipped' };
  const { written, conflicts } = done.team;
  const parts = [
    ...(written.length === 0
      ? []
      : [written.length === 1 ? `${written[0]} updated` : `${written.length} files updated`]),
    ...(conflicts.length === 0 ? [] : [`${conflicts.join(', ')} left as it is`]),
    ...done.added,
    ...(done.stored.length === 0 ? [] : [`${done.stored.join(', ')} kept in the key store`]),
  ];
  return { result: parts.length === 0 ? 'Everything is in place' : parts.join('; ') };
}
