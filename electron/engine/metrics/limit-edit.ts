import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { memoryAmount } from '../../../shared/domain/clock-words.ts';
import type { ComposeProject, ComposeService } from '../../../shared/domain/compose-model.ts';
import type { Position } from '../../../shared/domain/position.ts';
import type { SizingAdvice } from '../../../shared/domain/right-sizing.ts';
import type { LoadedStack, LoadStack, StackFolder } from '../environments/stack-loader.ts';
import { lineDiff } from '../health/check-editor.ts';
import type { Files } from '../platform/files.ts';
import { editYaml } from '../stacks/yaml-edit.ts';

export type LimitAdvice = Exclude<SizingAdvice, { kind: 'missing-healthcheck' }>;

/** A limit, as it would be written into the user's file. */
export interface LimitEdit {
  readonly file: string;
  readonly position: Position;
  readonly before: string;
  readonly after: string;
  readonly diff: string;
  /** `memory limit 960 MB` */
  readonly summary: string;
}

export interface LimitEditDeps {
  readonly files: Files;
  readonly loadStackWith: (files: Files) => LoadStack;
  /** Where fetched Compose files lie: those are nobody's to change. */
  readonly cacheFolder: string;
}

type Path = readonly string[];

/** Where a service's limit stands, or would best stand: beside what is written of that kind already. */
export function limitPlace(
  service: ComposeService,
  kind: 'memory' | 'cpus',
): { readonly path: Path; readonly there: boolean } {
  const inDeploy = ['deploy', 'resources', 'limits', kind];
  const own = [kind === 'memory' ? 'mem_limit' : 'cpus'];
  const limits = service.deploy?.resources?.limits;
  if (limits !== undefined) return { path: inDeploy, there: limits[kind] !== undefined };
  const old = kind === 'memory' ? service.mem_limit : service.cpus;
  // Compose refuses the two ways side by side.
  if (old !== undefined || service.mem_limit !== undefined || service.cpus !== undefined) {
    return { path: own, there: old !== undefined };
  }
  return { path: inDeploy, there: false };
}

/**
 * What the file would become; undefined when it is to be changed by hand: the limit comes from a variable, the file is
 * not the user's, or the change would not do exactly this.
 */
export async function editLimit(
  deps: LimitEditDeps,
  source: StackFolder,
  loaded: LoadedStack,
  advice: LimitAdvice,
  signal: AbortSignal,
): Promise<LimitEdit | undefined> {
  const service = loaded.project.services[advice.service];
  if (service === undefined) return undefined;
  const { path, there } = limitPlace(service, 'memoryBytes' in advice ? 'memory' : 'cpus');
  const whole = ['services', advice.service, ...path];
  const position = loaded.positionOf(there ? whole : ['services', advice.service]);
  if (position === undefined || !isOwn(position.file, source.folder, loaded, deps)) return undefined;
  if (there && (loaded.originOf(whole)?.variables.length ?? 0) > 0) return undefined;
  const value =
    'memoryBytes' in advice
      ? `${advice.memoryBytes / 2 ** 20}M`
      : path.length === 1
        ? advice.cpus
        : String(advice.cpus);
  const before = await deps.files.readText(position.file, signal);
  let after: string;
  try {
    after = editYaml(before, [{ path: whole, value }]);
  } catch {
    return undefined;
  }
  const summary =
    'memoryBytes' in advice ? `memory limit ${memoryAmount(advice.memoryBytes)}` : `CPU limit ${advice.cpus}`;
  const edit = { file: position.file, position, before, after, diff: lineDiff(before, after), summary };
  return (await doesJustThis(deps, source, edit, advice, signal)) ? edit : undefined;
}

function isOwn(file: string, folder: string, loaded: LoadedStack, { cacheFolder }: LimitEditDeps): boolean {
  if (file.startsWith(`${cacheFolder}/`)) return false;
  return loaded.files.includes(file) || file.startsWith(`${folder}/`);
}

/** Reads the stack with the file as it would be: nothing but this limit of this service may be another. */
async function doesJustThis(
  { files, loadStackWith }: LimitEditDeps,
  source: StackFolder,
  { file, after }: Pick<LimitEdit, 'file' | 'after'>,
  advice: LimitAdvice,
  signal: AbortSignal,
): Promise<boolean> {
  const edited: Files = {
    ...files,
    readText: (path, own) => (path === file ? Promise.resolve(after) : files.readText(path, own)),
    readBytes: (path, own) => (path === file ? Promise.resolve(Buffer.from(after)) : files.readBytes(path, own)),
  };
  try {
    const [then, now] = [await loadStackWith(files)(source, signal), await loadStackWith(edited)(source, signal)];
    const service = now.project.services[advice.service];
    const limits = service?.deploy?.resources?.limits;
    const done =
      'memoryBytes' in advice
        ? Number(limits?.memory ?? service?.mem_limit) === advice.memoryBytes
        : Number(limits?.cpus ?? service?.cpus) === advice.cpus;
    return done && isDeepStrictEqual(without(then.project, advice.service), without(now.project, advice.service));
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof TypeError) throw error;
    return false;
  }
}

/** The project without the limits of one service. */
function without(project: ComposeProject, name: string): unknown {
  const { mem_limit: _memory, cpus: _cpus, deploy, ...service } = project.services[name] ?? {};
  // Compose says of every deployment, and only of one, that it has no placement.
  const { resources, placement: _placement, ...restOfDeploy } = deploy ?? {};
  const { limits, ...restOfResources } = resources ?? {};
  const { memory: _deployed, cpus: _deployedCpus, ...restOfLimits } = limits ?? {};
  return {
    ...project,
    services: { ...project.services, [name]: [service, restOfDeploy, restOfResources, restOfLimits] },
  };
}

/** Short name of a text. */
export const hashOf = (...texts: readonly string[]): string =>
  createHash('sha256').update(texts.join('\0')).digest('hex').slice(0, 16);
