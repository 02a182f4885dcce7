import type { Timeline } from '../../../shared/contract/health.ts';
import { toAppError } from '../../../shared/errors.ts';
import { useAppState, useQuery } from '../../client/hooks.ts';
import { useRefresh } from '../../ui/use-refresh.ts';

/** How services fared between two times, read again with every minute and with every change that we hear of. */
export function useTimelines(
  ids: readonly string[],
  from: number,
  to: number,
  now: number,
): readonly Timeline[] | null {
  const query = useQuery(
    ids.length === 0 ? null : `timelines ${from} ${to} ${ids.join('\n')}`,
    async (api, options) => {
      const found = await Promise.all(
        ids.map((environmentId) =>
          api.health.timeline({ environmentId, from, to }, options).catch((error: unknown) => {
            // Not watched yet: its files could not be read. The others are there all the same.
            if (toAppError(error).code === 'input.not-found') return null;
            throw error;
          }),
        ),
      );
      return found.filter((one) => one !== null);
    },
  );
  const sign = useAppState((state) =>
    JSON.stringify([
      state.environments.map((one) => one.services.map((service) => service.health)),
      state.watch.incidents.map((one) => [one.id, one.to]),
      state.operations.filter((one) => one.endedAt !== null).length,
      state.images.length,
    ]),
  );
  const minute = Math.floor(now / 60_000);
  useRefresh(`${sign} ${minute}`, query.refetch);
  return query.data;
}
