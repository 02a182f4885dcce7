import type { ComposeProject } from '../../../shared/domain/compose-model.ts';
import type { LoadedStack, LoadStack } from '../environments/stack-loader.ts';
import type { Files } from '../platform/files.ts';
import { type LoadedProject, loadProject } from './compose/load.ts';
import { findRisks } from './compose/risks.ts';
import { parseDuration } from './compose/units.ts';
import { loadGoldenFile } from './golden-file/load.ts';

const defaultGateTimeoutMs = 120_000;

/** Reads a folder as the app does: `golden.yml` first, since it may say which Compose files there are. */
export function createLoadStack(deps: {
  readonly files: Files;
  readonly environment: Readonly<Record<string, string | undefined>>;
}): LoadStack {
  return async (folder, signal): Promise<LoadedStack> => {
    const golden = await loadGoldenFile(folder, { files: deps.files, signal });
    const compose = golden?.value.compose;
    const loaded = await loadProject(
      {
        folder,
        environment: deps.environment,
        ...(compose?.files === undefined ? {} : { files: compose.files }),
        ...(compose?.env_files === undefined ? {} : { envFiles: compose.env_files }),
        ...(compose?.profiles === undefined ? {} : { profiles: compose.profiles }),
      },
      { files: deps.files, signal },
    );
    const gateTimeout = parseDuration(golden?.value.golden?.gate_timeout ?? '');
    return {
      stackName: golden?.value.name ?? loaded.project.name,
      class: golden?.value.class ?? 'development',
      project: loaded.project,
      inactiveServices: loaded.allServices.filter((name) => !Object.hasOwn(loaded.project.services, name)),
      files: loaded.composeFiles,
      workingFolder: loaded.folder,
      envFiles: loaded.envFiles,
      goldenFile: golden?.path ?? null,
      configHashes: loaded.configHashes,
      excludedVolumes: golden?.value.golden?.exclude ?? [],
      gateTimeoutMs: gateTimeout === undefined ? defaultGateTimeoutMs : Number(gateTimeout / 1_000_000n),
      warnings: loaded.problems,
      risks: findRisks(loaded, deps.environment['HOME'] ?? deps.environment['USERPROFILE']),
      variables: variablesOf(loaded),
      positionOf: loaded.positionOf,
    };
  };
}

/** Variable → value for the secrets and configs that are taken from the environment. */
function variablesOf(loaded: LoadedProject): Record<string, string> {
  const { project, fromEnvironment } = loaded;
  const pick = (objects: ComposeProject['secrets'], contents: ReadonlyMap<string, string>): [string, string][] =>
    Object.entries(objects ?? {}).flatMap(([name, object]) => {
      const value = contents.get(name);
      return object.environment === undefined || value === undefined ? [] : [[object.environment, value]];
    });
  return Object.fromEntries([
    ...pick(project.secrets, fromEnvironment.secrets),
    ...pick(project.configs, fromEnvironment.configs),
  ]);
}
