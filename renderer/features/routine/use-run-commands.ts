import { CircleX, RotateCw, SkipForward } from 'lucide-react';
import { useMemo, useRef } from 'react';
import type { RoutineRun } from '../../../shared/contract/routines.ts';
import { type Command, useCommands } from '../../ui/commands.ts';
import { runAction } from '../../ui/routine-words.ts';
import type { RunActions } from './use-run-actions.ts';

/** What the palette can do with the run in view. */
export function useRunCommands(run: RoutineRun, actions: RunActions): void {
  const latest = useRef(actions);
  latest.current = actions;
  const facts = JSON.stringify([
    run.state === 'running' ? runAction(run) : null,
    run.steps.filter((one) => one.can.retry).map((one) => [one.id, one.title]),
    run.steps
      .filter((one) => one.can.skip && (one.state === 'failed' || one.state === 'asking'))
      .map((one) => [one.id, one.title]),
  ]);
  const commands = useMemo((): readonly Command[] => {
    const [running, retry, skip] = JSON.parse(facts) as [string | null, [string, string][], [string, string][]];
    return [
      ...(running === null
        ? []
        : [
            {
              id: 'run.cancel',
              title: `Cancel “${running}”`,
              group: 'Actions' as const,
              icon: CircleX,
              run: () => latest.current.cancel(),
            },
          ]),
      ...retry.map(
        ([id, title]): Command => ({
          id: `run.retry:${id}`,
          title: `Retry ${title}`,
          group: 'Actions',
          icon: RotateCw,
          run: () => latest.current.retry(id),
        }),
      ),
      ...skip.map(
        ([id, title]): Command => ({
          id: `run.skip:${id}`,
          title: `Skip ${title}`,
          group: 'Actions',
          icon: SkipForward,
          run: () => latest.current.skip(id),
        }),
      ),
    ];
  }, [facts]);
  useCommands(commands);
}
