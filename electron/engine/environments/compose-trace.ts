import { isAbsolute, join } from 'node:path';
import { type ContainerInfo, composeLabels, labels } from '../providers/provider.ts';

/** What the containers of a Compose project tell about how it was started. */
export interface ComposeTrace {
  readonly projectName: string;
  /** Absolute; null when they do not tell. */
  readonly folder: string | null;
  /** Absolute, the base first; empty when they do not tell. */
  readonly files: readonly string[];
  /** What `--env-file` named; empty when it named nothing. */
  readonly envFiles: readonly string[];
  /** Services that have containers, by name. */
  readonly services: readonly string[];
  readonly running: number;
  readonly total: number;
  /** Of the newest container, ISO time. */
  readonly createdAt: string | null;
}

/** The trace of each project that others started, by name. Projects whose containers are all ours are left out. */
export function tracesOf(containers: readonly ContainerInfo[]): readonly ComposeTrace[] {
  const projects = new Map<string, ContainerInfo[]>();
  for (const container of containers) {
    if (container.projectName === '' || !counts(container)) continue;
    const list = projects.get(container.projectName);
    if (list === undefined) projects.set(container.projectName, [container]);
    else list.push(container);
  }
  return [...projects]
    .filter(([, list]) => list.some(isForeign))
    .map(([projectName, list]) => traceOf(projectName, list))
    .sort((a, b) => (a.projectName < b.projectName ? -1 : 1));
}

/** Something of ours alone (the store's helper) or a `docker compose run` says nothing about the project. */
function counts(container: ContainerInfo): boolean {
  return container.labels[labels.role] === undefined && container.labels[composeLabels.oneoff] !== 'True';
}

/** Exactly the labels that we put on containers: one of an image starts the same way without making it ours. */
const ownLabels: readonly string[] = Object.values(labels);

function isForeign(container: ContainerInfo): boolean {
  return ownLabels.every((label) => container.labels[label] === undefined);
}

function traceOf(projectName: string, list: readonly ContainerInfo[]): ComposeTrace {
  // The last `up` says how the project is started now; containers it had no reason to replace carry older labels.
  const [newest] = list.filter(isForeign).sort((a, b) => b.createdAt.localeCompare(a.createdAt));
  const told = newest?.labels ?? {};
  const folder = told[composeLabels.workingDir];
  const paths = (label: string): readonly string[] =>
    (told[label] ?? '')
      .split(',')
      .filter((path) => path !== '')
      .map((path) => (isAbsolute(path) || folder === undefined ? path : join(folder, path)));
  return {
    projectName,
    folder: folder === undefined || folder === '' ? null : folder,
    files: paths(composeLabels.configFiles),
    envFiles: paths(composeLabels.environmentFile),
    services: [...new Set(list.map((container) => container.service))].sort(),
    running: list.filter((container) => container.state === 'running').length,
    total: list.length,
    createdAt: newest?.createdAt ?? null,
  };
}
