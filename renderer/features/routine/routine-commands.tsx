import { History, ListChecks } from 'lucide-react';
import { type ReactNode, useMemo } from 'react';
import { useRoutineRuns, useRoutines } from '../../client/use-routines.ts';
import { type Command, useCommands } from '../../ui/commands.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { ErrorNotice } from '../../ui/error-notice.tsx';
import { routineIcon } from '../../ui/routine-icons.ts';
import { routineAction } from '../../ui/routine-words.ts';
import { useStartRoutine } from '../../ui/use-start-routine.ts';
import { useWorkbenchActions } from '../../ui/workbench.ts';

const keys: Readonly<Record<string, string>> = { morning: 'd s', evening: 'd e' };

/** What the palette can do with the routines of the environment the window is about. */
export function RoutineCommands({ environmentId }: { readonly environmentId: string | null }): ReactNode {
  const routines = useRoutines(environmentId);
  const runs = useRoutineRuns();
  const { navigate } = useWorkbenchActions();
  const begin = useStartRoutine();
  const { start } = begin;
  const names = JSON.stringify((routines.data ?? []).map((one) => [one.name, routineAction(one)]));
  const last = runs
    .filter((one) => environmentId === null || one.environmentId === environmentId)
    .reduce<string | null>((newest, one) => (newest === null || one.startedAt > newest ? one.startedAt : newest), null);
  const lastId = runs.find((one) => one.startedAt === last)?.id ?? null;
  const commands = useMemo((): readonly Command[] => {
    const list = environmentId === null ? [] : (JSON.parse(names) as [string, string][]);
    return [
      ...list.map(([name, title]): Command => {
        const shortcut = keys[name];
        return {
          id: `routine.start:${environmentId}:${name}`,
          title,
          group: 'Actions',
          icon: routineIcon(name),
          hint: environmentId ?? '',
          keywords: ['routine', 'run', name],
          ...(shortcut === undefined ? {} : { keys: shortcut }),
          run: () => start(environmentId ?? '', name),
        };
      }),
      ...list.map(
        ([name, title]): Command => ({
          id: `routine.show:${environmentId}:${name}`,
          title: `What “${title}” will do`,
          group: 'Actions',
          icon: ListChecks,
          keywords: ['routine', 'steps', 'trust', name],
          run: () => navigate({ page: 'routine-start', environmentId: environmentId ?? '', routine: name }),
        }),
      ),
      ...(lastId === null
        ? []
        : [
            {
              id: 'routine.last',
              title: 'Open the last run',
              group: 'Actions' as const,
              icon: History,
              keys: 'g r',
              keywords: ['routine', 'verdict'],
              run: () => navigate({ page: 'routine' as const, runId: lastId }),
            },
          ]),
    ];
  }, [environmentId, names, lastId, start, navigate]);
  useCommands(commands);
  return (
    <Dialog open={begin.error !== null} onClose={begin.clear} title="That did not start">
      {begin.error === null ? null : <ErrorNotice error={begin.error.toShape()} />}
    </Dialog>
  );
}
