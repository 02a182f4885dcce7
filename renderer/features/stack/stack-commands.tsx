import { Play, RotateCw, ScrollText, Square, SquareTerminal } from 'lucide-react';
import { useMemo } from 'react';
import { useAppClient } from '../../client/app-client.ts';
import { useEnvironment } from '../../client/hooks.ts';
import { type Command, useCommands } from '../../ui/commands.ts';
import { canStart, canStop } from '../../ui/environment-words.ts';
import { useWorkbenchActions } from '../../ui/workbench.ts';

/** What the palette can do with the environment the window is about, and with each of its services. */
export function StackCommands({ environmentId }: { readonly environmentId: string | null }): null {
  const client = useAppClient();
  const environment = useEnvironment(environmentId);
  const { navigate, openLogs, openTerminal } = useWorkbenchActions();
  // Rebuilt only when what can be done changes, not with every figure.
  const facts =
    environment === null
      ? ''
      : JSON.stringify([
          environment.id,
          canStart(environment),
          canStop(environment),
          environment.services.map((one) => [one.name, one.state === 'running', one.health]),
        ]);
  const commands = useMemo((): readonly Command[] => {
    if (facts === '') return [];
    const [id, start, stop, services] = JSON.parse(facts) as [string, boolean, boolean, [string, boolean, string][]];
    const here = (): void => navigate({ page: 'stack', environmentId: id, service: null, tab: null });
    // The operations tray says how it goes; a refusal to begin shows on the page it leads to.
    const call = (verb: 'stop' | 'restart', names?: string[]) => (): void => {
      here();
      void client
        .call((api, options) =>
          api.environments[verb]({ environmentId: id, ...(names === undefined ? {} : { services: names }) }, options),
        )
        .catch(() => undefined);
    };
    return [
      ...(stop
        ? ([
            {
              id: `stack.restart:${id}`,
              title: `Restart ${id}`,
              group: 'Actions',
              icon: RotateCw,
              run: call('restart'),
            },
            { id: `stack.stop:${id}`, title: `Stop ${id}`, group: 'Actions', icon: Square, run: call('stop') },
          ] satisfies Command[])
        : []),
      ...(start
        ? ([
            {
              id: `stack.start:${id}`,
              title: `Start ${id}…`,
              group: 'Actions',
              icon: Play,
              hint: 'opens the stack',
              run: here,
            },
          ] satisfies Command[])
        : []),
      ...services.flatMap(([name, running]): Command[] => [
        {
          id: `service.open:${id}/${name}`,
          title: name,
          group: 'Services',
          hint: 'Overview',
          run: () => navigate({ page: 'stack', environmentId: id, service: name, tab: null }),
        },
        {
          id: `service.logs:${id}/${name}`,
          title: `Logs of ${name}`,
          group: 'Services',
          icon: ScrollText,
          run: () => openLogs(id, [name]),
        },
        ...(running
          ? ([
              {
                id: `service.terminal:${id}/${name}`,
                title: `Shell in ${name}`,
                group: 'Services',
                icon: SquareTerminal,
                keywords: ['terminal', 'exec'],
                run: () => openTerminal(id, name),
              },
              {
                id: `service.restart:${id}/${name}`,
                title: `Restart ${name}`,
                group: 'Services',
                icon: RotateCw,
                run: call('restart', [name]),
              },
            ] satisfies Command[])
          : []),
      ]),
    ];
  }, [facts, client, navigate, openLogs, openTerminal]);
  useCommands(commands);
  return null;
}
