import { memoryAmount } from './clock-words.ts';

const dayMs = 86_400_000;
const hourMs = 3_600_000;
const mb = 2 ** 20;

/** What was measured of one service, per container. */
export interface SizingFacts {
  readonly service: string;
  /** Most memory at one time, without the page cache; null when it was never measured. */
  readonly peakMemoryBytes: number | null;
  /** Most CPU over ten seconds, in cores. */
  readonly peakCpus: number | null;
  /** The CPU that was not exceeded in 95 of 100 hours, by their means, in cores. */
  readonly busyCpus: number | null;
  /** From the first figure to the last. */
  readonly overMs: number;
  /** Hours in which something was measured. */
  readonly measuredHours: number;
  readonly limits: { readonly memoryBytes: number | null; readonly cpus: number | null };
  /** The highest limit at which it ran out of memory in that time; null when it never did. */
  readonly outOfMemoryAt: number | null;
  readonly hasHealthcheck: boolean;
  /** Golden Hour probes it, declared or by itself. */
  readonly isProbed: boolean;
  readonly runsOnce: boolean;
}

export type SizingAdvice =
  | {
      readonly kind: 'memory-limit' | 'missing-memory-limit';
      readonly service: string;
      readonly message: string;
      readonly proposal: string;
      readonly memoryBytes: number;
    }
  | {
      readonly kind: 'cpu-limit';
      readonly service: string;
      readonly message: string;
      readonly proposal: string;
      readonly cpus: number;
    }
  | {
      readonly kind: 'missing-healthcheck';
      readonly service: string;
      readonly message: string;
      readonly proposal: string;
    };

export const sizingRules = {
  /** Headroom over the peak. */
  factor: 1.5,
  /** Nothing is proposed from less. */
  minimumHours: 24,
  /** What a limit is trusted to have been measured against; less is said. */
  wholeMs: 7 * dayMs,
  /** A limit this many times what it takes is too large. */
  generous: 1.5,
  /** A peak beyond this share of the limit is too near to it. */
  tight: 0.9,
  leastMemoryBytes: 64 * mb,
  leastCpus: 0.25,
} as const;

/** Limits that fit what was measured, and what is missing. Pure: the same facts give the same advice. */
export function sizingAdvice(facts: SizingFacts): SizingAdvice[] {
  const enough = facts.measuredHours >= sizingRules.minimumHours && !facts.runsOnce;
  const figures = enough ? [...memoryAdvice(facts), ...cpuAdvice(facts)] : outOfMemoryAdvice(facts);
  return [...figures, ...healthAdvice(facts)];
}

/** Running out of memory is reason enough to propose more; how much it takes nobody has measured yet. */
function outOfMemoryAdvice({ service, limits, outOfMemoryAt, runsOnce }: SizingFacts): SizingAdvice[] {
  const limit = limits.memoryBytes;
  if (runsOnce || limit === null || outOfMemoryAt === null || outOfMemoryAt < limit) return [];
  const memoryBytes = roundUp(Math.max(outOfMemoryAt * sizingRules.factor, sizingRules.leastMemoryBytes));
  const message = `${service} has ${memoryAmount(limit)} and ran out of it.`;
  const proposal = `Set its memory limit to ${memoryAmount(memoryBytes)}.`;
  return [{ kind: 'memory-limit', service, message, proposal, memoryBytes }];
}

function memoryAdvice(facts: SizingFacts): SizingAdvice[] {
  const { service, peakMemoryBytes: peak, outOfMemoryAt } = facts;
  const limit = facts.limits.memoryBytes;
  if (peak === null) return [];
  // Where it ran out of memory the peak is what the limit let it have.
  const needed = Math.max(peak, outOfMemoryAt ?? 0) * sizingRules.factor;
  const memoryBytes = roundUp(Math.max(needed, sizingRules.leastMemoryBytes));
  const proposal = `Set its memory limit to ${memoryAmount(memoryBytes)}.`;
  const peaked = `peaked at ${memoryAmount(peak)} ${over(facts)}`;
  if (limit === null) {
    const message = `${service} has no memory limit: it could take all there is. It ${peaked}.`;
    return [{ kind: 'missing-memory-limit', service, message, proposal, memoryBytes }];
  }
  const has = `${service} has ${memoryAmount(limit)}`;
  const common = { kind: 'memory-limit', service, proposal, memoryBytes } as const;
  if (memoryBytes > limit) {
    if (outOfMemoryAt !== null && outOfMemoryAt >= limit)
      return [{ ...common, message: `${has} and ran out of it ${over(facts)}.` }];
    return peak >= limit * sizingRules.tight ? [{ ...common, message: `${has} and ${peaked}.` }] : [];
  }
  return limit >= memoryBytes * sizingRules.generous ? [{ ...common, message: `${has} and ${peaked}.` }] : [];
}

function cpuAdvice(facts: SizingFacts): SizingAdvice[] {
  const { service, peakCpus: peak, busyCpus: busy } = facts;
  const limit = facts.limits.cpus;
  if (peak === null || limit === null) return [];
  const has = `${service} has ${cores(limit)}`;
  const of = (value: number): number => Math.max(sizingRules.leastCpus, Math.ceil(value * sizingRules.factor * 4) / 4);
  if (busy !== null && busy >= limit * sizingRules.tight) {
    // What it would take without the limit nobody knows: half as much again is a step.
    const cpus = of(limit);
    const message = `${has} and used all of it for hours ${over(facts)}.`;
    return [{ kind: 'cpu-limit', service, message, proposal: `Set its CPU limit to ${cores(cpus)}.`, cpus }];
  }
  const cpus = of(peak);
  if (limit < cpus * 2) return [];
  const message = `${has} and took ${cores(Math.max(0.01, Number(peak.toFixed(2))))} at most ${over(facts)}.`;
  return [{ kind: 'cpu-limit', service, message, proposal: `Set its CPU limit to ${cores(cpus)}.`, cpus }];
}

function healthAdvice({ service, hasHealthcheck, isProbed, runsOnce }: SizingFacts): SizingAdvice[] {
  if (hasHealthcheck || isProbed || runsOnce) return [];
  return [
    {
      kind: 'missing-healthcheck',
      service,
      message: `${service} has no health check and no port to look at: while it runs, it is taken to be healthy.`,
      proposal: 'Give it a check: a command that tells whether it works, or a port that answers.',
    },
  ];
}

/** `in 7 days`; with less than a week it says so. */
function over({ overMs, measuredHours }: SizingFacts): string {
  const days = Math.floor(overMs / dayMs);
  const words = days >= 2 ? `in ${days} days` : `in ${Math.max(1, Math.round(overMs / hourMs))} hours`;
  return overMs >= sizingRules.wholeMs - hourMs
    ? words
    : `${words} (less than a week, ${measuredHours} hours measured)`;
}

const cores = (count: number): string => (count === 1 ? '1 core' : `${count} cores`);

/** To steps that people write: 16 MB, from 256 MB on 64 MB, from 1 GB on 128 MB, from 4 GB on 512 MB. */
export function roundUp(bytes: number): number {
  const step = bytes < 256 * mb ? 16 * mb : bytes < 1024 * mb ? 64 * mb : bytes < 4096 * mb ? 128 * mb : 512 * mb;
  return Math.ceil(bytes / step) * step;
}
