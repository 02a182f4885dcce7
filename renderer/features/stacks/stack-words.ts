import type { EnvironmentView } from '../../../shared/contract/environments.ts';
import { healthyCount } from '../../ui/environment-words.ts';
import { count } from '../../ui/format.ts';

/** The strip above the list: how many there are, how many run, how well. */
export function listSummary(environments: readonly EnvironmentView[]): {
  readonly main: string;
  readonly rest: string;
} {
  const running = environments.filter((one) => one.state === 'running' || one.state === 'partial');
  const sum = running
    .map(healthyCount)
    .reduce((all, one) => ({ healthy: all.healthy + one.healthy, total: all.total + one.total }), {
      healthy: 0,
      total: 0,
    });
  const main = `${count(environments.length, 'environment')}, ${running.length === 0 ? 'none' : running.length} running`;
  const were = running.some((one) => one.stale) ? 'were healthy' : 'healthy';
  return { main, rest: running.length === 0 ? '' : `${sum.healthy} of ${sum.total} services ${were}` };
}
