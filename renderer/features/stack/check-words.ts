import type { ServiceView } from '../../../shared/contract/environments.ts';
import type { CheckView } from '../../../shared/contract/health.ts';
import type { Probe } from '../../../shared/domain/checks.ts';
import { latencyAmount } from '../../../shared/domain/clock-words.ts';
import { commandText } from '../../../shared/domain/command-text.ts';
import { count, formatExact } from '../../ui/format.ts';

/** `0.3`, `4.8`, `61`: milliseconds, without the unit. */
export function latencyNumber(ms: number): string {
  return ms < 9.95 ? ms.toFixed(1).replace(/\.0$/, '') : String(Math.round(ms));
}

export function latencyTitle(check: CheckView | null): string | undefined {
  if (check?.latency == null) return undefined;
  const { p50, p95, p99 } = check.latency;
  return `Its check in the last ten minutes: half within ${latencyAmount(p50)}, 95 % within ${latencyAmount(p95)}, 99 % within ${latencyAmount(p99)}`;
}

/** Slower than its limit, or than usual by the factor that counts. */
export function slow(check: CheckView): boolean {
  const { thresholdMs, baselineMs, baselineFactor, floorMs } = check.rules.latency;
  const limit = thresholdMs ?? (baselineMs === null ? null : Math.max(floorMs, baselineMs * baselineFactor));
  return limit !== null && check.latency !== null && check.latency.p95 > limit;
}

export const shareWords = (ratio: number): string => `${ratio > 0.9994 ? '100' : (ratio * 100).toFixed(1)} %`;

export function stateTitle(service: ServiceView): string | undefined {
  const since = service.since === null ? null : `since ${formatExact(service.since)}`;
  const parts = [service.reason, since].filter((one) => one !== null);
  return parts.length === 0 ? undefined : parts.join(', ');
}

/** `http GET /health on port 8080`. */
export function probeWords(probe: Probe | null): string {
  if (probe === null || probe.none === true) return 'none; its state and its HEALTHCHECK count';
  if (probe.http !== undefined) {
    const { scheme = 'http', method = 'GET', path = '/', port } = probe.http;
    return `${scheme} ${method} ${path} on port ${port}`;
  }
  if (probe.tcp !== undefined) return `opens port ${probe.tcp.port}`;
  if (probe.command !== undefined)
    return `runs ${commandText(probe.command.run)}${probe.command.in === 'host' ? ' on this machine' : ''}`;
  const [kind, options] = Object.entries(probe)[0] as [string, { readonly port?: number }];
  return `speaks ${kind}${options.port === undefined ? '' : ` on port ${options.port}`}`;
}

export const recoveryWords: Readonly<Record<CheckView['recovery'], string>> = {
  notify: 'tells, does nothing by itself',
  restart: 'restarts it, then waits longer each time',
  restore: 'restores the last golden image when restarts do not help',
};

/** `1180 checks, 3 failed, down once`. */
export function counterWords({ counters }: CheckView): string {
  const parts = [
    count(counters.probes, 'check'),
    counters.failures === 0 ? 'none failed' : `${counters.failures} failed`,
    counters.downs === 0 ? null : `down ${counters.downs === 1 ? 'once' : `${counters.downs} times`}`,
    counters.restarts === 0 ? null : count(counters.restarts, 'restart'),
    counters.ooms === 0 ? null : `out of memory ${counters.ooms === 1 ? 'once' : `${counters.ooms} times`}`,
  ];
  return parts.filter((one) => one !== null).join(', ');
}
