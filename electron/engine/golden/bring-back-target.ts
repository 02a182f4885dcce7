import { targetFromContainers } from '../environments/target.ts';
import type { EnvironmentTarget } from '../providers/provider.ts';
import type { Golden } from './context.ts';

/**
 * The environment an operation began with, for finishing or undoing it: what its files say or, when they are broken,
 * gone or about another project by now, what its containers tell. Stopped services must come back either way.
 */
export async function targetToBringBack(
  golden: Golden,
  environmentId: string,
  projectName: string,
  signal: AbortSignal,
): Promise<EnvironmentTarget> {
  try {
    const target = await golden.resolveTarget(environmentId, signal);
    if (target.projectName === projectName) return target;
  } catch {
    signal.throwIfAborted();
  }
  const containers = await golden.runtime.containers({ projectName }, signal);
  const [stackName = environmentId, name = 'main'] = environmentId.split('/');
  const target = targetFromContainers({ id: environmentId, stackName, name, folder: '' }, containers);
  return { ...target, projectName };
}
