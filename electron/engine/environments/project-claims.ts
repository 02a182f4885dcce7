import { AppError } from '../../../shared/errors.ts';
import type { ContainerInfo } from '../providers/provider.ts';
import { type ComposeTrace, tracesOf } from './compose-trace.ts';
import type { Entry } from './entry.ts';

/** As the files say; before they were read once, as it was added. */
export function projectNameOf({ target, row }: Pick<Entry, 'target' | 'row'>): string {
  return target?.projectName ?? row.loading.projectName ?? row.stackName;
}

/** Two stacks of one project name would be one to the engine: whoever was added first has it. */
export function refuseSharedProject(each: Pick<Entry, 'row' | 'target'>, all: Iterable<Entry>): void {
  const projectName = projectNameOf(each);
  for (const other of all) {
    if (other.row.id === each.row.id || projectNameOf(other) !== projectName) continue;
    if (other.row.addedAt > each.row.addedAt) continue;
    throw new AppError({
      code: 'stack.already-added',
      message: `${each.row.folder} now has the project name ${projectName}, which ${other.row.id} in ${other.row.folder} has already.`,
      remedy: 'Give one of the two another name: `name:` at the top of its Compose file.',
      details: { environmentId: other.row.id },
    });
  }
}

/** Projects that Compose started and that belong to no stack of the list. */
export function unclaimedTraces(all: readonly Entry[], containers: readonly ContainerInfo[]): readonly ComposeTrace[] {
  const names = new Set(all.map(projectNameOf));
  // Of one whose files could never be read only the folder is certain.
  const folders = new Set(all.filter((each) => each.target === undefined).map((each) => each.row.folder));
  return tracesOf(containers).filter(
    ({ projectName, folder }) => !names.has(projectName) && (folder === null || !folders.has(folder)),
  );
}
