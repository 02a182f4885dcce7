import type { ServiceView } from '../../../shared/contract/environments.ts';
import type { StatsSample } from '../../../shared/contract/streams.ts';

/** Share of the limit from which memory is worth a warning, and from which it is about to fail. */
const close = 0.9;
const full = 0.98;

/** `38 %`, `0.4 %`: per cent of one core. */
export function cpuWords(percent: number): string {
  return `${percent >= 9.95 || percent < 0.05 ? Math.round(percent) : percent.toFixed(1)} %`;
}

/** What the file gives it, else what its container has. */
export function memoryLimit(service: ServiceView, latest: StatsSample | null): number | null {
  return latest?.memoryLimitBytes ?? service.limits.memoryBytes;
}

export function memoryTone(latest: StatsSample | null, limit: number | null): 'degraded' | 'down' | null {
  if (latest === null || limit === null || limit <= 0) return null;
  const share = latest.memoryBytes / limit;
  return share >= full ? 'down' : share >= close ? 'degraded' : null;
}
