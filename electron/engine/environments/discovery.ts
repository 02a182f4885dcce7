import { isAbsolute } from 'node:path';
import type { DiscoveredProject } from '../../../shared/contract/compose-projects.ts';
import type { StateChange } from '../../../shared/contract/streams.ts';
import type { Files } from '../platform/files.ts';
import type { ComposeTrace } from './compose-trace.ts';

const maxShown = 200;

export interface Discovery {
  list(): DiscoveredProject[];
  /** Something may have changed: containers, folders, what was added. Looks soon, once for many calls. */
  look(): void;
}

/** Keeps the list of Compose projects that could be added. */
export function createDiscovery(deps: {
  readonly files: Pick<Files, 'info'>;
  readonly publish: (change: StateChange) => void;
  /** Projects on the engine that belong to no stack of the list. */
  readonly traces: () => readonly ComposeTrace[];
}): Discovery {
  let shown: DiscoveredProject[] = [];
  let looking = false;
  let again = false;

  async function lookNow(): Promise<void> {
    looking = true;
    try {
      do {
        again = false;
        const traces = deps.traces().slice(0, maxShown);
        const found = await Promise.all(traces.map((trace) => describe(trace, deps.files)));
        if (again || JSON.stringify(found) === JSON.stringify(shown)) continue;
        shown = found;
        deps.publish({ type: 'discovered', value: shown });
      } while (again);
    } finally {
      looking = false;
    }
  }

  return {
    list: () => shown,
    look() {
      again = true;
      if (!looking) void lookNow();
    },
  };
}

async function describe(trace: ComposeTrace, files: Pick<Files, 'info'>): Promise<DiscoveredProject> {
  return {
    projectName: trace.projectName,
    folder: trace.folder,
    files: [...trace.files],
    services: [...trace.services],
    containers: { running: trace.running, total: trace.total },
    createdAt: trace.createdAt,
    problem: await whyNotAddable(trace, files),
  };
}

async function whyNotAddable(trace: ComposeTrace, files: Pick<Files, 'info'>): Promise<DiscoveredProject['problem']> {
  if (trace.folder === null) {
    return {
      message: 'Its containers do not say which folder they come from.',
      remedy: 'Add its folder by hand, or start it again with a current docker compose.',
    };
  }
  const remedy = 'Put it back, or add the folder where it is now by hand.';
  const elsewhere = 'Add it on the machine that it was started from.';
  if (!isAbsolute(trace.folder)) {
    return { message: 'Its folder is on another machine.', remedy: elsewhere };
  }
  const folder = await look(files, trace.folder);
  if (folder === 'missing') return { message: 'Its folder is not there any more.', remedy };
  if (folder !== 'folder') {
    return { message: 'Its folder cannot be read.', remedy: 'Check its owner and permissions.' };
  }
  const near = (path: string): string =>
    path.startsWith(`${trace.folder}/`) ? path.slice((trace.folder ?? '').length + 1) : path;
  for (const path of [...trace.files, ...trace.envFiles]) {
    // `-f -`
    if (path.endsWith('/-') || path === '-') {
      return {
        message: 'Its Compose file came from standard input.',
        remedy: 'Save it in the folder and start the project with it once.',
      };
    }
    const kind = await look(files, path);
    if (kind === 'missing') return { message: `${near(path)} is not there any more.`, remedy };
    if (kind !== 'file')
      return { message: `${near(path)} cannot be read.`, remedy: 'Check its owner and permissions.' };
  }
  return null;
}

async function look(files: Pick<Files, 'info'>, path: string): Promise<'missing' | 'file' | 'folder' | 'other'> {
  try {
    return (await files.info(path))?.kind ?? 'missing';
  } catch {
    return 'other';
  }
}
