import { dirname, isAbsolute, join } from 'node:path';
import type { Loading } from '../../../shared/contract/compose-projects.ts';
import type { ComposeProject } from '../../../shared/domain/compose-model.ts';
import type { Problem } from '../../../shared/domain/problem.ts';
import { errorWithoutSecrets, hideInAll } from '../environments/masking.ts';
import type { LoadedStack, LoadStack, ReadSecrets, StackFolder, SurveyStack } from '../environments/stack-loader.ts';
import type { Files } from '../platform/files.ts';
import { type LoadedProject, type LoadInput, type LoadOptions, loadProject } from './compose/load.ts';
import type { RemoteSources } from './compose/remote.ts';
import { findRisks } from './compose/risks.ts';
import { type Survey, surveyProject } from './compose/survey.ts';
import { parseDuration } from './compose/units.ts';
import { type LoadedGoldenFile, loadGoldenFile } from './golden-file/load.ts';

const defaultGateTimeoutMs = 120_000;

export interface LoadStackDeps {
  readonly files: Files;
  /** The shell's variables. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Absent: files that are not on this computer are refused. */
  readonly remote?: RemoteSources;
  /** Absent: there is no key store. */
  readonly secrets?: ReadSecrets;
}

/** Reads a folder as the app does: `golden.yml` first, since it may say which Compose files there are. */
export function createLoadStack(deps: LoadStackDeps): LoadStack {
  return async (source, signal): Promise<LoadedStack> => {
    const golden = await loadGoldenFile(source.folder, { files: deps.files, signal });
    const secrets = await secretsOf(source, golden, deps, signal);
    const input = inputOf(source, golden, deps);
    const hidden = Object.values(secrets);
    const loaded = await loadProject({ ...input, secrets }, optionsOf(deps, signal)).catch((error: unknown) => {
      throw errorWithoutSecrets(error, hidden);
    });
    const declaredProblems = golden?.problemsWith(loaded.allServices) ?? [];
    const gateTimeout = parseDuration(golden?.value.golden?.gate_timeout ?? '');
    return {
      stackName: golden?.value.name ?? loaded.project.name,
      class: golden?.value.class ?? 'development',
      project: loaded.project,
      nameSeparator: loaded.nameSeparator,
      ...(loaded.defaultPlatform === undefined ? {} : { defaultPlatform: loaded.defaultPlatform }),
      inactiveServices: loaded.allServices.filter((name) => !Object.hasOwn(loaded.project.services, name)),
      files: loaded.composeFiles,
      workingFolder: loaded.folder,
      envFiles: loaded.envFiles,
      profiles: input.profiles,
      goldenFile: golden?.path ?? null,
      configHashes: loaded.configHashes,
      excludedVolumes: golden?.value.golden?.exclude ?? [],
      gateTimeoutMs: gateTimeout === undefined ? defaultGateTimeoutMs : Number(gateTimeout / 1_000_000n),
      health: golden?.value.health,
      declared: golden?.declared,
      declaredProblems,
      warnings: [
        ...hideInAll(loaded.problems, hidden),
        ...declaredProblems.map((problem): Problem => ({ ...problem, severity: 'warning' })),
      ],
      risks: hideInAll(findRisks(loaded, home(source, deps)), hidden),
      variables: variablesOf(loaded),
      secrets,
      filesRead: [...loaded.files, ...(golden === undefined ? [] : [golden.path])],
      positionOf: loaded.positionOf,
      goldenPositionOf: golden?.positionOf,
      originOf: loaded.originOf,
    };
  };
}

export function createSurveyStack(deps: LoadStackDeps): SurveyStack {
  return async (source, signal): Promise<Survey> => {
    const golden = await loadGoldenFile(source.folder, { files: deps.files, signal });
    return surveyProject(inputOf(source, golden, deps), optionsOf(deps, signal));
  };
}

/** What the key store has of the keys that `config.secrets` of golden.yml names. */
async function secretsOf(
  source: StackFolder,
  golden: LoadedGoldenFile | undefined,
  deps: LoadStackDeps,
  signal: AbortSignal,
): Promise<Readonly<Record<string, string>>> {
  const shell = source.environment ?? deps.environment;
  const keys = (golden?.value.config?.secrets ?? []).filter((key) => shell[key] === undefined);
  const { environmentId, mayUnlock = false } = source;
  if (keys.length === 0 || environmentId === undefined || deps.secrets === undefined) return {};
  return deps.secrets(environmentId, keys, { mayUnlock, signal });
}

/**
 * What `golden.yml` says goes before what is remembered of a command line, key by key: it lies in the folder for
 * everybody to see, and whoever writes it means it.
 */
function inputOf(source: StackFolder, golden: LoadedGoldenFile | undefined, deps: LoadStackDeps): LoadInput {
  const { folder, explicit } = source;
  // A command that says anything starts afresh, but for the name, which tells whose command it is.
  const loading: Loading = explicit === undefined ? source.loading : { projectName: source.loading.projectName };
  const compose = golden?.value.compose;
  const files = explicit?.files ?? compose?.files ?? loading.files;
  const envFiles = explicit?.envFiles ?? compose?.env_files ?? loading.envFiles;
  const profiles = explicit?.profiles ?? compose?.profiles ?? loading.profiles;
  const [base] = explicit?.files ?? (compose?.files === undefined ? (loading.files ?? []) : []);
  // Started with `--project-directory`: the folder is not the one of the first file.
  const apart = base !== undefined && dirname(isAbsolute(base) ? base : join(folder, base)) !== folder;
  return {
    folder,
    environment: source.environment ?? deps.environment,
    ...(files === undefined ? {} : { files }),
    ...(apart ? { projectDirectory: folder } : {}),
    ...(envFiles === undefined ? {} : { envFiles }),
    ...(profiles === undefined ? {} : { profiles }),
    ...(loading.projectName === undefined ? {} : { projectName: loading.projectName }),
  };
}

function home(source: StackFolder, deps: LoadStackDeps): string | undefined {
  const environment = source.environment ?? deps.environment;
  return environment['HOME'] ?? environment['USERPROFILE'];
}

function optionsOf({ files, remote }: LoadStackDeps, signal: AbortSignal): LoadOptions {
  return { files, signal, ...(remote === undefined ? {} : { remote }) };
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
