import type { DiscoveredProject } from '../../../shared/contract/compose-projects.ts';
import type { EnvironmentView } from '../../../shared/contract/environments.ts';
import type { Invocation } from '../../../shared/contract/invocation.ts';
import type { StateChange } from '../../../shared/contract/streams.ts';
import { AppError } from '../../../shared/errors.ts';
import { currentBranch } from '../git/branch.ts';
import type { Clock } from '../platform/clock.ts';
import type { Files } from '../platform/files.ts';
import type { ContainerEvent, ContainerInfo, EnvironmentTarget } from '../providers/provider.ts';
import type { Catalogue, CatalogueRow } from './catalogue.ts';
import { type ComposeTrace, tracesOf } from './compose-trace.ts';
import { createContainerBook } from './container-book.ts';
import { createDiscovery } from './discovery.ts';
import { type Entry, newEntry, problemsOf, sourceOf } from './entry.ts';
import { stampOf } from './file-stamp.ts';
import { projectNameOf, refuseSharedProject, unclaimedTraces } from './project-claims.ts';
import type { LoadedStack, LoadStack } from './stack-loader.ts';
import { isUnready, ready, targetFromContainers, toTarget } from './target.ts';
import { createSinceBook, type Drift, environmentView, type ViewInput } from './view.ts';

/** How often the files of a stack are looked at for changes. A stat each; file system events are not reliable on shared folders. */
const filePollMs = 2000;

export interface EnvironmentsDeps {
  readonly catalogue: Catalogue;
  readonly loadStack: LoadStack;
  readonly files: Files;
  readonly clock: Clock;
  readonly publish: (change: StateChange) => void;
  readonly drift: (target: EnvironmentTarget, containers: readonly ContainerInfo[]) => Drift;
  readonly undoState: (environmentId: string) => EnvironmentView['undo'];
  /** What the watch concludes about a service; undefined: nothing yet, the containers speak for themselves. */
  readonly verdict?: ViewInput['verdict'];
  /** The files of a stack were read. */
  readonly onRead?: (target: EnvironmentTarget, loaded: LoadedStack) => void;
  readonly onForgotten?: (environmentId: string) => void;
}

export interface Environments {
  list(): EnvironmentView[];
  get(id: string): EnvironmentView;
  row(id: string): CatalogueRow;
  rows(): CatalogueRow[];
  /** With an invocation it is remembered as the last start's, its variables until the engine ends. */
  add(row: CatalogueRow, signal: AbortSignal, invocation?: Invocation): Promise<void>;
  forget(id: string): void;
  /**
   * Reads the files now. Throws what is wrong with them, and what keeps the stack from being started. With an invocation
   * for this once, and nothing is remembered.
   */
  resolveTarget(id: string, signal: AbortSignal, invocation?: Invocation): Promise<EnvironmentTarget>;
  /** The same for a look that nobody asked for: a locked key store stays locked. */
  lookAtTarget(id: string, signal: AbortSignal): Promise<EnvironmentTarget>;
  /**
   * As `resolveTarget`, but when the files are invalid now, what they last said, or what the containers themselves tell:
   * a stack must be stoppable with a broken file.
   */
  resolveRunning(id: string, signal: AbortSignal, invocation?: Invocation): Promise<EnvironmentTarget>;
  /**
   * From now on the stack is read as this command said: its variables until the engine ends, its files, env files and
   * profiles for good.
   */
  remember(id: string, invocation: Invocation): void;
  load(id: string, signal: AbortSignal): Promise<LoadedStack>;
  projectName(id: string): string;
  containers(projectName: string): ContainerInfo[];
  /** Projects that Compose started and nobody added. */
  discovered(): DiscoveredProject[];
  /** How a Compose project on the engine was started. Throws when there is none of that name. */
  trace(projectName: string): ComposeTrace;
  /** What the engine's watcher saw. */
  observe(event: ContainerEvent): void;
  /** Everything shown is from before: the engine in use changed or went away. */
  markStale(): void;
  refresh(id: string): void;
  /** Watches the files until the signal ends. */
  watchFiles(signal: AbortSignal): Promise<void>;
}

/** Knows every environment the user added: its files, its containers, and how the two compare. */
export function createEnvironments(deps: EnvironmentsDeps): Environments {
  const { clock } = deps;
  const entries = new Map<string, Entry>();
  const book = createContainerBook(clock);
  const sinceBook = createSinceBook();
  /** The files of what was added are read; before, nobody can tell whose a project is. */
  let known = false;
  const discovery = createDiscovery({
    files: deps.files,
    publish: deps.publish,
    traces: () => (known ? unclaimedTraces([...entries.values()], book.all()) : []),
  });

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

  function build(each: Entry): EnvironmentView {
    const { seen, stale, asOf } = book;
    const own = book.ofProject(projectNameOf(each));
    return environmentView({
      row: each.row,
      target: each.target,
      problems: each.problems,
      containers: seen ? own : undefined,
      // Compared with values that only stand in, everything would have changed.
      drift: each.target === undefined || !seen || isUnready(each.target) ? {} : deps.drift(each.target, own),
      stale,
      asOf,
      branch: each.branch,
      undo: deps.undoState(each.row.id),
      since: sinceBook,
      now: clock.now().toISOString(),
      ...(deps.verdict === undefined ? {} : { verdict: deps.verdict }),
    });
  }

  function show(each: Entry): void {
    const view = build(each);
    // `asOf` moves all the time; alone it is no news.
    const comparable = JSON.stringify({ ...view, asOf: view.stale ? view.asOf : null });
    each.view = view;
    if (comparable === each.shown) return;
    each.shown = comparable;
    deps.publish({ type: 'environment', value: view });
  }

  function showProject(projectName: string): void {
    for (const each of entries.values()) {
      if (projectNameOf(each) === projectName) show(each);
    }
  }

  async function read(each: Entry, signal: AbortSignal, mayUnlock = false): Promise<LoadedStack> {
    const loaded = await deps.loadStack({ ...sourceOf(each, each.invocation), mayUnlock }, signal);
    each.target = toTarget(each.row, loaded);
    each.problems = [...loaded.warnings];
    each.filesRead = loaded.filesRead;
    each.stamp = await stamp(each);
    if (entries.has(each.row.id)) deps.onRead?.(each.target, loaded);
    return loaded;
  }

  async function readNow(each: Entry, signal: AbortSignal, mayUnlock: boolean): Promise<EnvironmentTarget> {
    await read(each, signal, mayUnlock);
    show(each);
    refuseSharedProject(each, entries.values());
    return each.target as EnvironmentTarget;
  }

  async function readOnce(each: Entry, invocation: Invocation, signal: AbortSignal): Promise<EnvironmentTarget> {
    const source = sourceOf(each, { ...each.invocation, ...invocation });
    const loaded = await deps.loadStack({ ...source, mayUnlock: true }, signal);
    const target = toTarget(each.row, loaded);
    refuseSharedProject({ row: each.row, target }, entries.values());
    return target;
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
    discovery.look();
  }

  function stamp({ row, filesRead, problems }: Entry): Promise<string> {
    const faulty = problems.flatMap((problem) => (problem.position === undefined ? [] : [problem.position.file]));
    return stampOf(row.folder, [...filesRead, ...faulty], deps.files);
  }

  return {
    list: () => [...entries.values()].map((each) => each.view ?? build(each)),
    get: (id) => {
      const each = entry(id);
      return each.view ?? build(each);
    },
    row: (id) => entry(id).row,
    rows: () => [...entries.values()].map((each) => each.row),
    async add(row, signal, invocation) {
      deps.catalogue.add(row);
      const each = { ...newEntry(row), invocation };
      entries.set(row.id, each);
      await reload(each, signal);
    },
    forget(id) {
      entry(id);
      deps.catalogue.remove(id);
      entries.delete(id);
      deps.onForgotten?.(id);
      deps.publish({ type: 'environment.removed', id });
      discovery.look();
    },
    async resolveTarget(id, signal, invocation) {
      const each = entry(id);
      if (invocation !== undefined) return ready(await readOnce(each, invocation, signal));
      return ready(await readNow(each, signal, true));
    },
    lookAtTarget: async (id, signal) => ready(await readNow(entry(id), signal, false)),
    async resolveRunning(id, signal, invocation) {
      const each = entry(id);
      try {
        if (invocation !== undefined) return await readOnce(each, invocation, signal);
        await read(each, signal);
      } catch (error) {
        signal.throwIfAborted();
        if (each.target === undefined) {
          const own = book.ofProject(projectNameOf(each));
          if (own.length === 0) throw error;
          return targetFromContainers(each.row, own);
        }
      }
      refuseSharedProject(each, entries.values());
      return each.target as EnvironmentTarget;
    },
    remember(id, { environment, loading }) {
      const each = entry(id);
      if (environment !== undefined) each.invocation = { ...each.invocation, environment };
      if (loading === undefined) return;
      const { projectName } = each.row.loading;
      each.invocation = { ...each.invocation, loading };
      each.row = { ...each.row, loading: { ...loading, ...(projectName === undefined ? {} : { projectName }) } };
      deps.catalogue.update(each.row);
    },
    async load(id, signal) {
      const each = entry(id);
      const loaded = await read(each, signal);
      // Whoever reads first takes the news from the watch over the files, and so has to tell.
      show(each);
      return loaded;
    },
    projectName: (id) => projectNameOf(entry(id)),
    containers: book.ofProject,
    discovered: discovery.list,
    trace(projectName) {
      const found = tracesOf(book.ofProject(projectName))[0];
      if (found !== undefined) return found;
      throw new AppError({
        code: 'input.not-found',
        message: `docker compose has no project ${projectName} on this engine.`,
        remedy: 'Look at the list again; it may have been removed just now.',
      });
    },
    observe(event) {
      const changed = book.take(event);
      if (changed === 'all') for (const each of entries.values()) show(each);
      else for (const projectName of changed) showProject(projectName);
      discovery.look();
    },
    markStale() {
      if (book.markStale()) for (const each of entries.values()) show(each);
    },
    refresh(id) {
      const each = entries.get(id);
      if (each !== undefined) show(each);
    },
    async watchFiles(signal) {
      await Promise.all([...entries.values()].map((each) => reload(each, signal)));
      known = true;
      discovery.look();
      while (!signal.aborted) {
        await clock.sleep(filePollMs, signal).catch(() => undefined);
        if (signal.aborted) return;
        for (const each of entries.values()) {
          const branch = await currentBranch(each.row.folder, deps.files).catch(() => null);
          if (branch !== each.branch || (await stamp(each)) !== each.stamp) await reload(each, signal);
        }
        // A folder may have come or gone.
        discovery.look();
      }
    },
  };
}
