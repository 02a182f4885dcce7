import type { EngineView } from '../../shared/contract/engines.ts';
import type { AppState } from '../../shared/contract/streams.ts';
import type { Notice } from '../../shared/domain/alert-types.ts';
import type { HealthState } from '../../shared/domain/health.ts';
import type { Incident } from '../../shared/domain/incident-types.ts';
import { explanationOf, incidentSubject, stateText } from './health-words.ts';
import { clock } from './times.ts';

/** One line of `golden watch`. Every `at`, `since` and `until` is ISO 8601. */
export type WatchLine =
  | {
      readonly at: string;
      readonly environment: string;
      readonly service: string;
      /** Null: it is known for the first time. */
      readonly from: HealthState | null;
      readonly to: HealthState | 'removed';
      readonly reason: string | null;
    }
  | {
      readonly at: string;
      readonly incident: 'opened' | 'updated' | 'closed';
      readonly id: string;
      readonly environment: string | null;
      readonly service: string | null;
      readonly state: HealthState;
      readonly since: string;
      readonly until: string | null;
      readonly explanation: string;
      readonly logLine: string | null;
      /** The service whose incident explains this one. */
      readonly waitsFor: string | null;
      readonly acknowledged: boolean;
    }
  | {
      readonly at: string;
      readonly notice: 'shown' | 'withdrawn';
      readonly id: string;
      readonly environment: string | null;
      readonly service: string | null;
      readonly title: string;
      readonly lines: readonly string[];
    }
  | {
      readonly at: string;
      readonly engine: EngineView['state'];
      readonly name: string;
      readonly message: string | null;
    };

/** Remembers what was told and says what is new. Holds no more than the state it is given. */
export interface WatchTeller {
  take(state: AppState, now: number): WatchLine[];
}

const iso = (ms: number): string => new Date(ms).toISOString();

/** `only`: one environment; null: all, and what is about the machine. What was over when it began is not told. */
export function createWatchTeller(only: string | null, beganAt: number): WatchTeller {
  const services = new Map<string, { readonly environment: string; readonly service: string; state: HealthState }>();
  let incidents = new Map<string, { readonly told: string; readonly open: boolean }>();
  let notices = new Map<string, Notice>();
  let engine: EngineView['state'] | undefined;

  const concerns = (environment: string | null): boolean => only === null || environment === only;

  function serviceLines(state: AppState, now: number): WatchLine[] {
    const lines: WatchLine[] = [];
    const present = new Set<string>();
    const unread = new Set<string>();
    for (const each of state.environments) {
      if (!concerns(each.id)) continue;
      // What is shown then is from before.
      if (each.stale) {
        unread.add(each.id);
        continue;
      }
      for (const { name, health, reason, since } of each.services) {
        const key = `${each.id}/${name}`;
        present.add(key);
        const known = services.get(key);
        // An engine that has just started has not looked yet. That is no change.
        if (health === known?.state || (health === 'unknown' && known === undefined)) continue;
        services.set(key, { environment: each.id, service: name, state: health });
        const at = since ?? iso(now);
        lines.push({ at, environment: each.id, service: name, from: known?.state ?? null, to: health, reason });
      }
    }
    for (const [key, { environment, service, state: from }] of services) {
      if (present.has(key) || unread.has(environment)) continue;
      services.delete(key);
      lines.push({ at: iso(now), environment, service, from, to: 'removed', reason: null });
    }
    return lines.sort((a, b) => a.at.localeCompare(b.at));
  }

  function incidentLines(state: AppState, now: number): WatchLine[] {
    const lines: WatchLine[] = [];
    const next: typeof incidents = new Map();
    for (const each of [...state.watch.incidents].reverse()) {
      if (!concerns(each.environment)) continue;
      const open = each.to === null;
      const line = incidentLine(each);
      const told = JSON.stringify(line);
      next.set(each.id, { told, open });
      const before = incidents.get(each.id);
      if (before === undefined && !open && (each.to ?? 0) < beganAt) continue;
      if (before?.told === told) continue;
      if (before?.open !== true) {
        const again = before !== undefined && open;
        if (before === undefined || again)
          lines.push({ at: iso(again ? now : each.from), incident: 'opened', ...line });
        else lines.push({ at: iso(now), incident: 'updated', ...line });
        if (before === undefined && !open) lines.push({ at: iso(each.to ?? now), incident: 'closed', ...line });
      } else if (open) lines.push({ at: iso(now), incident: 'updated', ...line });
      else lines.push({ at: iso(each.to ?? now), incident: 'closed', ...line });
    }
    incidents = next;
    return lines;
  }

  function noticeLines(state: AppState, now: number): WatchLine[] {
    const next = new Map(
      state.watch.notices.filter((each) => concerns(each.environment)).map((each) => [each.id, each]),
    );
    const lines: WatchLine[] = [];
    for (const [id, notice] of notices)
      if (!next.has(id)) lines.push({ at: iso(now), notice: 'withdrawn', ...noticeLine(notice) });
    for (const [id, notice] of next) {
      const line = noticeLine(notice);
      const before = notices.get(id);
      if (before !== undefined && JSON.stringify(noticeLine(before)) === JSON.stringify(line)) continue;
      lines.push({ at: iso(notice.at), notice: 'shown', ...line });
    }
    notices = next;
    return lines;
  }

  function engineLines(state: AppState, now: number): WatchLine[] {
    const found = state.engines.find((each) => each.selected);
    const before = engine;
    engine = found?.state ?? before;
    if (found === undefined || found.state === before || (before === undefined && found.state === 'available'))
      return [];
    return [{ at: iso(now), engine: found.state, name: found.name, message: found.problem?.message ?? null }];
  }

  return {
    take: (state, now) => [
      ...engineLines(state, now),
      ...serviceLines(state, now),
      ...incidentLines(state, now),
      ...noticeLines(state, now),
    ],
  };
}

function incidentLine(incident: Incident) {
  return {
    id: incident.id,
    environment: incident.environment,
    service: incident.service,
    state: incident.state,
    since: iso(incident.from),
    until: incident.to === null ? null : iso(incident.to),
    explanation: explanationOf(incident),
    logLine: incident.logLine,
    waitsFor: incident.inhibitedBy,
    acknowledged: incident.acknowledgedAt !== null,
  };
}

function noticeLine({ id, environment, service, title, lines }: Notice) {
  return { id, environment, service, title, lines };
}

/** For people. */
export function watchText(line: WatchLine): string {
  const at = clock(Date.parse(line.at));
  if ('engine' in line) return `${at}  Docker (${line.name}) is ${line.engine}${after(line.message)}`;
  if ('notice' in line) {
    const { notice, title, lines } = line;
    return notice === 'shown' ? `${at}  notice: ${[title, ...lines].join(' · ')}` : `${at}  no longer: ${title}`;
  }
  if ('incident' in line) {
    const waits = line.waitsFor === null ? '' : ` (waits for ${line.waitsFor})`;
    const log = line.logLine === null ? '' : ` · log: ${line.logLine}`;
    const seen = line.acknowledged ? ' · seen' : '';
    return `${at}  incident ${line.incident}: ${incidentSubject(line)}: ${line.explanation}${waits}${log}${seen}`;
  }
  const from = line.from === null ? '' : `${line.from} → `;
  const to = line.to === 'removed' ? 'removed' : stateText(line.to);
  return `${at}  ${line.environment}/${line.service}  ${from}${to}${after(line.reason)}`;
}

const after = (text: string | null): string => (text === null ? '' : `: ${text}`);
