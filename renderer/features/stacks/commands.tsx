import { FolderPlus, Play, RotateCcw, Square } from 'lucide-react';
import type { ReactNode } from 'react';
import { useMemo, useState } from 'react';
import { type AppError, toAppError } from '../../../shared/errors.ts';
import { useAppClient } from '../../client/app-client.ts';
import { useEnvironments, useOperations } from '../../client/hooks.ts';
import { type Command, useCommands } from '../../ui/commands.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { useDiscovered } from '../../ui/discovered-list.tsx';
import { runningWords } from '../../ui/discovered-words.ts';
import { activeOperation, canStart, canStop } from '../../ui/environment-words.ts';
import { ErrorNotice } from '../../ui/error-notice.tsx';
import { count } from '../../ui/format.ts';
import { isPlain } from '../../ui/plan-words.ts';
import { useWorkbenchActions } from '../../ui/workbench.ts';

/** Start, stop and restart every environment from anywhere; add what Compose started. */
export function StacksCommands(): ReactNode {
  const client = useAppClient();
  const environments = useEnvironments();
  const operations = useOperations();
  const { navigate } = useWorkbenchActions();
  const [error, setError] = useState<AppError | null>(null);

  const commands = useMemo(() => {
    const attempt = (work: () => Promise<unknown>) => (): void => {
      work().catch((thrown: unknown) => setError(toAppError(thrown)));
    };
    return environments
      .filter((one) => activeOperation(operations, one.id) === null)
      .flatMap(({ id, services, ...one }): Command[] => {
        const hint = count(services.length, 'service');
        const start = attempt(async () => {
          const plan = await client.call((api, o) => api.environments.plan({ environmentId: id, action: 'up' }, o));
          // Something to decide: the list shows the plan.
          if (!isPlain(plan)) navigate({ page: 'stacks' });
          else await client.call((api, o) => api.environments.up({ environmentId: id, planHash: plan.hash }, o));
        });
        const offered: (Command | false)[] = [
          canStart({ id, services, ...one }) && {
            id: `stacks.start:${id}`,
            title: `Start ${id}`,
            group: 'Actions',
            icon: Play,
            hint,
            run: start,
          },
          canStop({ id, services, ...one }) && {
            id: `stacks.restart:${id}`,
            title: `Restart ${id}`,
            group: 'Actions',
            icon: RotateCcw,
            hint,
            run: attempt(() => client.call((api, o) => api.environments.restart({ environmentId: id }, o))),
          },
          canStop({ id, services, ...one }) && {
            id: `stacks.stop:${id}`,
            title: `Stop ${id}`,
            group: 'Actions',
            icon: Square,
            hint,
            run: attempt(() => client.call((api, o) => api.environments.stop({ environmentId: id }, o))),
          },
        ];
        return offered.filter((command) => command !== false);
      });
  }, [client, environments, operations, navigate]);
  useCommands(commands);
  const discovered = useDiscovered();
  useCommands(
    useMemo(
      () =>
        discovered.flatMap(({ projectName, folder, problem, containers }): Command[] => {
          if (problem !== null || folder === null) return [];
          return [
            {
              id: `stacks.adopt:${projectName}`,
              title: `Add ${projectName}, started with docker compose`,
              group: 'Actions',
              icon: FolderPlus,
              hint: runningWords({ containers }),
              keywords: ['compose', 'project', 'adopt', 'take over'],
              run: () => navigate({ page: 'add-stack', folder, project: projectName }),
            },
          ];
        }),
      [discovered, navigate],
    ),
  );
  return (
    <Dialog open={error !== null} onClose={() => setError(null)} title="That did not work">
      {error === null ? null : <ErrorNotice error={error} />}
    </Dialog>
  );
}
