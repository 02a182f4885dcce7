import { endsProcess } from '../../../shared/domain/health-on-container.ts';
import type { ReportedEvent } from '../providers/provider.ts';

/** A request to stop explains an end this much later; some containers ignore the signal for long. */
export const askedForMs = 300_000;
/** Far more than one engine has. */
const most = 10_000;

export interface ContainerEnd {
  /** By the engine's clock, ms since the epoch. */
  readonly at: number;
  /** Somebody asked the engine for it. */
  readonly asked: boolean;
  readonly exitCode: number | null;
}

/**
 * What the reports said of each container. An inspection afterwards knows its exit code, and not whether somebody asked
 * for its end; and descriptions come later than reports, some of them from before.
 */
export interface ContainerTrail {
  take(event: ReportedEvent): void;
  /** How it ended, if it has not started again since; undefined: no report of it. */
  ended(containerId: string): ContainerEnd | undefined;
  /** Containers of a service that were started and have not ended, as far as reports go. */
  running(projectName: string, service: string): readonly string[];
  /** There is a fresh picture of all containers: forgets the others, and what it tells better. */
  keep(containerIds: ReadonlySet<string>): void;
}

interface Entry {
  readonly projectName: string;
  readonly service: string;
  readonly startedAt: number | null;
  readonly askedAt: number | null;
  readonly end: ContainerEnd | null;
}

export function createContainerTrail(): ContainerTrail {
  const entries = new Map<string, Entry>();
  return {
    take(event) {
      const { containerId, projectName, service, action } = event;
      const at = Date.parse(event.at);
      const before = entries.get(containerId) ?? { projectName, service, startedAt: null, askedAt: null, end: null };
      if (action === 'destroy') entries.delete(containerId);
      else if (action === 'start') entries.set(containerId, { ...before, startedAt: at, askedAt: null, end: null });
      else if (action === 'kill' && event.signal !== null && endsProcess(event.signal))
        entries.set(containerId, { ...before, askedAt: at });
      else if (action === 'stop')
        entries.set(containerId, {
          ...before,
          askedAt: at,
          end: before.end === null ? null : { ...before.end, asked: true },
        });
      else if (action === 'die') {
        const asked = before.askedAt !== null && Math.abs(at - before.askedAt) <= askedForMs;
        entries.set(containerId, { ...before, startedAt: null, end: { at, asked, exitCode: event.exitCode } });
      }
      for (const id of entries.keys()) {
        if (entries.size <= most) break;
        entries.delete(id);
      }
    },
    ended: (containerId) => entries.get(containerId)?.end ?? undefined,
    running: (projectName, service) =>
      [...entries].flatMap(([id, each]) =>
        each.startedAt !== null && each.projectName === projectName && each.service === service ? [id] : [],
      ),
    keep(containerIds) {
      for (const [id, entry] of entries) {
        if (containerIds.has(id)) entries.set(id, { ...entry, startedAt: null });
        else entries.delete(id);
      }
    },
  };
}
