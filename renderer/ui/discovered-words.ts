import type { DiscoveredProject } from '../../shared/contract/compose-projects.ts';

/** How many containers of a project run: all that is known of one that nobody added. */
export function runningWords({ containers }: Pick<DiscoveredProject, 'containers'>): string {
  const { running, total } = containers;
  return `${running === 0 ? 'none' : running} of ${total} running`;
}

/** `2 Compose projects run on this engine`, for where there is nothing else yet. */
export function discoveredSummary(projects: readonly DiscoveredProject[]): string {
  const running = projects.filter((one) => one.containers.running > 0).length;
  const words = (n: number, one: string, many: string): string => (n === 1 ? `1 ${one}` : `${n} ${many}`);
  return running > 0
    ? words(running, 'Compose project runs on this engine', 'Compose projects run on this engine')
    : words(
        projects.length,
        'stopped Compose project is on this engine',
        'stopped Compose projects are on this engine',
      );
}
