import { Play, RotateCcw, ScrollText, Square, SquareTerminal } from 'lucide-react';
import { type ReactNode, useMemo, useState } from 'react';
import { type AppError, toAppError } from '../../../shared/errors.ts';
import { useAppClient } from '../../client/app-client.ts';
import { useEnvironment } from '../../client/hooks.ts';
import { useOperationFor } from '../../client/use-operation.ts';
import { type Command, useCommands } from '../../ui/commands.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { ErrorNotice } from '../../ui/error-notice.tsx';
import { useWorkbenchActions } from '../../ui/workbench.ts';

/** What the palette can do with each service of the environment the window is about. */
export function StackCommands({ environmentId }: { readonly environmentId: string | null }): ReactNode {
  const client = useAppClient();
  const environment = useEnvironment(environmentId);
  const busy = useOperationFor(environmentId) !== null;
  const { navigate, openLogs, openTerminal } = useWorkbenchActions();
  const [error, setError] = useState<AppError | null>(null);
  // Made again only when what can be done changes, not with every change of the environment.
  const facts =
    environment === null
      ? ''
      : JSON.stringify([
          environment.id,
          !environment.stale && !busy,
          environment.services.map((one) => [one.name, one.state === 'running']),
        ]);
  const commands = useMemo((): readonly Command[] => {
    if (facts === '') return [];
    const [id, free, services] = JSON.parse(facts) as [string, boolean, [string, boolean][]];
    const call = (verb: 'restart' | 'stop', name: string) => (): void => {
      client
        .call((api, options) => api.environments[verb]({ environmentId: id, services: [name] }, options))
        .catch((thrown: unknown) => setError(toAppError(thrown)));
    };
    const open = (name: string) => (): void => navigate({ page: 'stack', environmentId: id, service: name, tab: null });
    return services.flatMap(([name, running]): Command[] => {
      const offered: (Command | false)[] = [
        { id: `service.open:${id}/${name}`, title: name, group: 'Services', hint: 'Overview', run: open(name) },
        {
          id: `service.logs:${id}/${name}`,
          title: `Logs of ${name}`,
          group: 'Services',
          icon: ScrollText,
          run: () => openLogs(id, [name]),
        },
        running && {
          id: `service.terminal:${id}/${name}`,
          title: `Shell in ${name}`,
          group: 'Services',
          icon: SquareTerminal,
          keywords: ['terminal', 'exec', 'console'],
          run: () => openTerminal({ environmentId: id, service: name }),
        },
        running &&
          free && {
            id: `service.restart:${id}/${name}`,
            title: `Restart ${name}`,
            group: 'Services',
            icon: RotateCcw,
            run: call('restart', name),
          },
        running &&
          free && {
            id: `service.stop:${id}/${name}`,
            title: `Stop ${name}`,
            group: 'Services',
            icon: Square,
            run: call('stop', name),
          },
        !running && {
          id: `service.start:${id}/${name}`,
          title: `Start ${name}…`,
          group: 'Services',
          icon: Play,
          run: open(name),
        },
      ];
      return offered.filter((one) => one !== false);
    });
  }, [facts, client, navigate, openLogs, openTerminal]);
  useCommands(commands);
  return (
    <Dialog open={error !== null} onClose={() => setError(null)} title="That did not start">
      {error === null ? null : <ErrorNotice error={error.toShape()} />}
    </Dialog>
  );
}
