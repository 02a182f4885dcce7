import type { EnvironmentView } from '../../../shared/contract/environments.ts';
import type { StateChange } from '../../../shared/contract/streams.ts';
import type { Problem } from '../../../shared/domain/problem.ts';
import { AppError, toAppError } from '../../../shared/errors.ts';
import { currentBranch } from '../git/branch.ts';
import type { Clock } from '../platform/clock.ts';
import type { Files } from '../platform/files.ts';
import type { ContainerEvent, ContainerInfo, EnvironmentTarget } from '../providers/provider.ts';
import { goldenFileNames } from '../stacks/golden-file/load.ts';
import { composeNames } from '../system/folders.ts';
import type { Catalogue, CatalogueRow } from './catalogue.ts';
import type { LoadedStack, LoadStack } from './stack-loader.ts';
import { targetFromContainers, toTarget } from './target.ts';
import { createSinceBook, type Drift, environmentView } from './view.ts';

/** How often the files of a stack are looked at for changes. A stat each; file system events are not reliable on shared folders. */
const filePollMs = 2000;

/** What may appear in a folder and then be read. */
const watchedNames = [
  ...composeNames,
  ...composeNames.map((name) => name.replace(/\.(ya?ml)$/, '.override.$1')),
  ...goldenFileNames,
  '.env',
];

export interface EnvironmentsDeps {
  readonly catalogue: Catalogue;
  readonly loadStack: LoadStack;
  readonly files: Files;
  readonly clock: Clock;
  readonly publish: (change: StateChange) => void;
  readonly drift: (target: EnvironmentTarget, containers: readonly ContainerInfo[]) => Drift;
  readonly undoState: (environmentId: string) => EnvironmentView['undo'];
}

export interface Environments {
  list(): EnvironmentView[];
  get(id: string): EnvironmentView;
  row(id: string): CatalogueRow;
  rows(): CatalogueRow[];
  add(row: CatalogueRow, signal: AbortSignal): Promise<void>;
  forget(id: string): void;
  /** Reads the files now. Throws what is wrong with them. */
  resolveTarget(id: string, signal: AbortSignal): Promise<EnvironmentTarget>;
  /**
   * As `resolveTarget`, but when the files are invalid now, what they last said, or what the containers themselves tell:
   * a stack must be stoppable with a broken file.
   */
  resolveRunning(id: string, signal: AbortSignal): Promise<EnvironmentTarget>;
  load(id: string, signal: AbortSignal): Promise<LoadedStack>;
  projectName(id: string): string;
  containers(projectName: string): ContainerInfo[];
  /** What the engine's watcher saw. */
  observe(event: ContainerEvent): void;
  /** Everything shown is from before: the engine in use changed or went away. */
  markStale(): void;
  refresh(id: string): void;
  /** Watches the files until the signal ends. */
  watchFiles(signal: AbortSignal): Promise<void>;
}

interface Entry {
  readonly row: CatalogueRow;
  target: EnvironmentTarget | undefined;
  problems: Problem[];
  stamp: string;
  branch: string | null;
  view: EnvironmentView | undefined;
  shown: string;
}

/** Knows every environment the user added: its files, its containers, and how the two compare. */
export function createEnvironments(deps: EnvironmentsDeps): Environments {
  const { clock } = deps;
  const entries = new Map<string, Entry>();
  const containers = new Map<string, ContainerInfo>();
  const sinceBook = createSinceBook();
  let seen = false;
  let stale = true;
  let asOf = clock.now().toISOString();

  for (const row of deps.catalogue.list()) entries.set(row.id, newEntry(row));

  function entry(id: string): Entry {
    const found = entries.get(id);
    if (found === undefined) {
      throw new AppError({
        code: 'input.not-found',
        message: `There is no environment ${id}.`,
        remedy: entries.size === 0 ? 'Add a stack first.' : `Choose one of: ${[...entries.keys()].join(', ')}.`,
      });
    }
    return found;
  }

  function ofProject(projectName: string): ContainerInfo[] {
    return [...containers.values()].filter((container) => container.projectName === projectName);
  }

  function build(each: Entry): EnvironmentView {
    const own = ofProject(each.target?.projectName ?? each.row.stackName);
    return environmentView({
      row: each.row,
      target: each.target,
      problems: each.problems,
      containers: seen ? own : undefined,
      drift: each.target === undefined || !seen ? {} : deps.drift(each.target, own),
      stale,
      asOf,
      branch: each.branch,
      undo: deps.undoState(each.row.id),
      since: sinceBook,
      now: clock.now().toISOString(),
    });
  }

  function show(each: Entry): void {
    const view = build(each);
    // `asOf` moves all the time; alone it is no news.
    const comparable = JSON.stringify({ ...view, asOf: stale ? view.asOf : null });
    each.view = view;
    if (comparable === each.shown) return;
    each.shown = comparable;
    deps.publish({ type: 'environment', value: view });
  }

  function showProject(projectName: string): void {
    for (const each of entries.values()) {
      if ((each.target?.projectName ?? each.row.stackName) === projectName) show(each);
    }
  }

  async function read(each: Entry, signal: AbortSignal): Promise<LoadedStack> {
    const loaded = await deps.loadStack(each.row.folder, signal);
    each.target = toTarget(each.row, loaded);
    each.problems = [...loaded.warnings];
    each.stamp = await stamp(each);
    return loaded;
  }

  /** Two stacks of one project name would be one to the engine: whoever was added first has it. */
  function refuseSharedProject(each: Entry): void {
    const projectName = each.target?.projectName ?? each.row.stackName;
    for (const other of entries.values()) {
      if (other === each || (other.target?.projectName ?? other.row.stackName) !== projectName) continue;
      if (other.row.addedAt > each.row.addedAt) continue;
      throw new AppError({
        code: 'stack.already-added',
        message: `${each.row.folder} now has the project name ${projectName}, which ${other.row.id} in ${other.row.folder} has already.`,
        remedy: 'Give one of the two another name: `name:` at the top of its Compose file.',
        details: { environmentId: other.row.id },
      });
    }
  }

  async function reload(each: Entry, signal: AbortSignal): Promise<void> {
    each.branch = await currentBranch(each.row.folder, deps.files).catch(() => null);
    try {
      await read(each, signal);
    } catch (error) {
      if (signal.aborted) return;
      each.problems = problemsOf(error);
      each.stamp = await stamp(each);
    }
    if (entries.has(each.row.id)) show(each);
  }

  /** Changes when any file the stack was read from changes, appears or goes. */
  async function stamp(each: Entry): Promise<string> {
    const { folder } = each.row;
    const names = watchedNames.map((name) => `${folder}/${name}`);
    const paths = [
      ...new Set([
        ...names,
        ...(each.target?.files ?? []),
        ...each.problems.flatMap((problem) => (problem.position === undefined ? [] : [problem.position.file])),
      ]),
    ];
    const infos = await Promise.all(paths.map((path) => deps.files.info(path).catch(() => undefined)));
    return infos.map((info) => (info === undefined ? '-' : `${info.bytes}:${info.modifiedAt.getTime()}`)).join(' ');
  }

  return {
    list: () => [...entries.values()].map((each) => each.view ?? build(each)),
    get: (id) => {
      const each = entry(id);
      return each.view ?? build(each);
    },
    row: (id) => entry(id).row,
    rows: () => [...entries.values()].map((each) => each.row),
    async add(row, signal) {
      deps.catalogue.add(row);
      const each = newEntry(row);
      entries.set(row.id, each);
      await reload(each, signal);
    },
    forget(id) {
      entry(id);
      deps.catalogue.remove(id);
      entries.delete(id);
      deps.publish({ type: 'environment.removed', id });
    },
    async resolveTarget(id, signal) {
      const each = entry(id);
      await read(each, signal);
      show(each);
      refuseSharedProject(each);
      return each.target as EnvironmentTarget;
    },
    async resolveRunning(id, signal) {
      const each = entry(id);
      try {
        await read(each, signal);
      } catch (error) {
        signal.throwIfAborted();
        if (each.target === undefined) {
          const own = ofProject(each.row.stackName);
          if (own.length === 0) throw error;
          return targetFromContainers(each.row, own);
        }
      }
      refuseSharedProject(each);
      return each.target as EnvironmentTarget;
    },
    load: (id, signal) => read(entry(id), signal),
    projectName: (id) => {
      const each = entry(id);
      return each.target?.projectName ?? each.row.stackName;
    },
    containers: ofProject,
    observe(event) {
      asOf = clock.now().toISOString();
      if (event.kind === 'snapshot') {
        const before = new Set([...containers.values()].map((container) => container.projectName));
        containers.clear();
        for (const container of event.containers) containers.set(container.id, container);
        const wasStale = stale || !seen;
        seen = true;
        stale = false;
        if (wasStale) for (const each of entries.values()) show(each);
        else
          for (const name of new Set([...before, ...event.containers.map((container) => container.projectName)]))
            showProject(name);
      } else if (event.kind === 'changed') {
        containers.set(event.container.id, event.container);
        showProject(event.container.projectName);
      } else if (event.kind === 'removed') {
        const known = containers.get(event.id);
        containers.delete(event.id);
        showProject(known?.projectName ?? event.projectName);
      } else {
        asOf = event.since;
        stale = true;
        for (const each of entries.values()) show(each);
      }
    },
    markStale() {
      if (stale) return;
      stale = true;
      for (const each of entries.values()) show(each);
    },
    refresh(id) {
      const each = entries.get(id);
      if (each !== undefined) show(each);
    },
    async watchFiles(signal) {
      await Promise.all([...entries.values()].map((each) => reload(each, signal)));
      while (!signal.aborted) {
        await clock.sleep(filePollMs, signal).catch(() => undefined);
        if (signal.aborted) return;
        for (const each of entries.values()) {
          const branch = await currentBranch(each.row.folder, deps.files).catch(() => null);
          if (branch !== each.branch || (await stamp(each)) !== each.stamp) await reload(each, signal);
        }
      }
    },
  };
}

function newEntry(row: CatalogueRow): Entry {
  return { row, target: undefined, problems: [], stamp: '', branch: null, view: undefined, shown: '' };
}

/** The problems inside a loader's error, or the error itself as one. */
export function problemsOf(error: unknown): Problem[] {
  const shape = toAppError(error);
  const inside = shape.details?.['problems'];
  if (Array.isArray(inside) && inside.length > 0) return inside as Problem[];
  return [{ severity: 'error', code: shape.code, message: shape.message, remedy: shape.remedy }];
}
