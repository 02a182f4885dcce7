import { dirname, isAbsolute, join } from 'node:path';
import type { Loading } from '../../../shared/contract/compose-projects.ts';
import type { ComposeProject } from '../../../shared/domain/compose-model.ts';
import type { Problem } from '../../../shared/domain/problem.ts';
import { AppError, type ErrorShape } from '../../../shared/errors.ts';
import { errorWithoutSecrets, hideInAll } from '../environments/masking.ts';
import type { LoadedStack, LoadStack, ReadSecrets, StackFolder, SurveyStack } from '../environments/stack-loader.ts';
import type { Files } from '../platform/files.ts';
import { type LoadedProject, type LoadInput, type LoadOptions, loadProject } from './compose/load.ts';
import type { RemoteSources } from './compose/remote.ts';
import { findRisks } from './compose/risks.ts';
import { type Survey, surveyProject } from './compose/survey.ts';
import { parseDuration } from './compose/units.ts';
import { type LoadedGoldenFile, loadGoldenFile } from './golden-file/load.ts';
import { lacksValues, notGiven, standIns } from './stand-ins.ts';

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
    const input = inputOf(source, golden, deps);
    const { loaded, secrets, unready } = await readProject(source, golden, input, deps, signal);
    const hidden = Object.values(secrets);
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
      unready,
      warnings: [
        ...(unready === undefined ? [] : [asWarning(unready)]),
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

interface ReadProject {
  readonly loaded: LoadedProject;
  readonly secrets: Readonly<Record<string, string>>;
  readonly unready: LoadedStack['unready'];
}

/**
 * Reads the files with what the key store has of the keys that `config.secrets` of golden.yml names. What nobody gave
 * yet, and what is locked away, is stood in for: such a stack can be shown and asked about, but not started.
 */
async function readProject(
  source: StackFolder,
  golden: LoadedGoldenFile | undefined,
  input: LoadInput,
  deps: LoadStackDeps,
  signal: AbortSignal,
): Promise<ReadProject> {
  const config = golden?.value.config;
  const declared = (config?.secrets ?? []).filter((key) => input.environment[key] === undefined);
  const { environmentId, mayUnlock = false } = source;
  let known: Readonly<Record<string, string>> = {};
  let locked: AppError | undefined;
  if (declared.length > 0 && environmentId !== undefined && deps.secrets !== undefined) {
    known = await deps.secrets(environmentId, declared, { mayUnlock, signal }).catch((error: unknown) => {
      if (!(error instanceof AppError) || error.code !== 'secrets.unavailable') throw error;
      locked = error;
      return {};
    });
  }
  const without = declared.filter((key) => !Object.hasOwn(known, key));
  const read = async (more: Pick<LoadStackDeps, 'files'>, secrets: Readonly<Record<string, string>>) => ({
    loaded: await loadProject({ ...input, secrets }, optionsOf({ ...deps, ...more }, signal)),
    secrets,
  });
  try {
    return { ...(await read(deps, known)), unready: locked?.toShape() };
  } catch (error) {
    const first = errorWithoutSecrets(error, Object.values(known));
    if (!lacksValues(error)) throw first;
    const stand = await standIns(deps.files, { folder: source.folder, config, without }, signal);
    if (stand === undefined) throw first;
    const again = await read(stand, { ...stand.secrets, ...known }).catch(() => {
      signal.throwIfAborted();
      throw first;
    });
    return { ...again, unready: (locked ?? notGiven(stand.missing)).toShape() };
  }
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

const asWarning = ({ code, message, remedy }: ErrorShape): Problem => ({ severity: 'warning', code, message, remedy });
