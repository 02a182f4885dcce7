import type { EnvironmentView } from '../../shared/contract/environments.ts';
import { useEnvironments } from '../client/hooks.ts';
import { useWorkbench } from '../ui/workbench.ts';

/** The environment the window is about: the chosen one, else the first there is. */
export function currentEnvironment(all: readonly EnvironmentView[], chosen: string | null): EnvironmentView | null {
  return all.find((one) => one.id === chosen) ?? all[0] ?? null;
}

export function useCurrentEnvironment(): EnvironmentView | null {
  const all = useEnvironments();
  const chosen = useWorkbench((state) => state.environmentId);
  return currentEnvironment(all, chosen);
}
