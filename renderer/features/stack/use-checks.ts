import { useEffect, useMemo } from 'react';
import type { EnvironmentView } from '../../../shared/contract/environments.ts';
import type { CheckView } from '../../../shared/contract/health.ts';
import { useQuery } from '../../client/hooks.ts';
import { useNow } from '../../ui/use-now.ts';
import { useRefresh } from '../../ui/use-refresh.ts';

export interface Checks {
  of(service: string): CheckView | null;
  readonly refetch: () => void;
}

/** How each service is checked and what came of it, read again four times a minute and when a service changes. */
export function useChecks(environment: EnvironmentView): Checks {
  const { id } = environment;
  const query = useQuery(environment.services.length === 0 ? null : `checks ${id}`, (api, options) =>
    api.health.checks({ environmentId: id }, options),
  );
  const now = useNow();
  const sign = environment.services.map((one) => one.health).join(' ');
  const { data, refetch } = query;
  useRefresh(`${now} ${sign}`, refetch);
  return useMemo(() => {
    const map = new Map((data ?? []).map((one) => [one.service, one]));
    return { of: (service) => map.get(service) ?? null, refetch };
  }, [data, refetch]);
}

/** While somebody looks at the last answer of a check it is read again every few seconds: probes come more often than that. */
export function FreshChecks({ checks }: { readonly checks: Checks }): null {
  const { refetch } = checks;
  useEffect(refetch, [refetch]);
  useRefresh(Math.floor(useNow('second') / 4000), refetch);
  return null;
}
