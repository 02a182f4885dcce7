import { PencilLine } from 'lucide-react';
import { useMemo } from 'react';
import { useRoutines } from '../../client/use-routines.ts';
import { type Command, useCommands } from '../../ui/commands.ts';
import { routineAction } from '../../ui/routine-words.ts';
import { useWorkbenchActions } from '../../ui/workbench.ts';

/** What the palette leads to here. */
export function RoutineEditorCommands({ environmentId }: { readonly environmentId: string | null }): null {
  const routines = useRoutines(environmentId);
  const { navigate } = useWorkbenchActions();
  const names = JSON.stringify((routines.data ?? []).map((one) => [one.name, routineAction(one)]));
  const commands = useMemo((): readonly Command[] => {
    if (environmentId === null) return [];
    return (JSON.parse(names) as [string, string][]).map(
      ([name, title]): Command => ({
        id: `routine.edit:${environmentId}:${name}`,
        title: `Edit “${title}”`,
        group: 'Actions',
        icon: PencilLine,
        hint: environmentId,
        keywords: ['routine', 'steps', 'schedule', 'yml', name],
        run: () => navigate({ page: 'routine-edit', environmentId, routine: name }),
      }),
    );
  }, [environmentId, names, navigate]);
  useCommands(commands);
  return null;
}
