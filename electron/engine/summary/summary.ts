import { z } from 'zod';
import type { Timeline } from '../../../shared/contract/health.ts';
import type { OperationView } from '../../../shared/contract/operations.ts';
import type { RoutineRun } from '../../../shared/contract/routines.ts';
import type { DaySummary } from '../../../shared/contract/summary.ts';
import type { Incident } from '../../../shared/domain/incident-types.ts';
import type { EngineApi } from '../api.ts';
import type { Clock } from '../platform/clock.ts';
import type { StepImplementation } from '../routines/step-types.ts';
import type { DayFacts, RepositoryDay } from './day-facts.ts';
import { boundsOfDay, localDay } from './local-day.ts';
import { hours } from './markdown.ts';
import { summarise } from './summarise.ts';

const gatherMs = 20_000;

export interface SummaryDeps {
  readonly clock: Clock;
  readonly environments: () => readonly { readonly id: string }[];
  /** That were created within; ISO times. */
  readonly operations: (from: string, to: string) => readonly OperationView[];
  readonly runs: (from: string, to: string) => readonly RoutineRun[];
  /** That were open at some time within; ms. */
  readonly incidents: (from: number, to: number, signal: AbortSignal) => Promise<readonly Incident[]>;
  readonly timeline: (environmentId: string, from: number, to: number, signal: AbortSignal) => Promise<Timeline>;
  /** Each repository of these environments once. */
  readonly repositories: (
    environmentIds: readonly string[],
    from: number,
    to: number,
    signal: AbortSignal,
  ) => Promise<readonly RepositoryDay[]>;
}

export interface Summaries {
  readonly api: { readonly summary: EngineApi['summary'] };
  readonly step: StepImplementation<Record<string, never>>;
}

/** What a day was: from what is on disk anyway, so any day that is still kept can be told. */
export function createSummary(deps: SummaryDeps): Summaries {
  async function day(
    { environmentId, day: wanted }: { readonly environmentId?: string | undefined; readonly day?: string | undefined },
    caller: AbortSignal,
  ): Promise<DaySummary> {
    const signal = AbortSignal.any([caller, AbortSignal.timeout(gatherMs)]);
    const now = deps.clock.now().getTime();
    const name = wanted ?? localDay(now);
    const { from, to: end } = boundsOfDay(name);
    const to = Math.max(from, Math.min(end, now));
    const ids = environmentId === undefined ? deps.environments().map((one) => one.id) : [environmentId];
    const concerns = (id: string | null): boolean => environmentId === undefined || id === environmentId;
    const range = [new Date(from).toISOString(), new Date(end).toISOString()] as const;
    const [incidents, timelines, repositories] = await Promise.all([
      deps.incidents(from, end, signal),
      Promise.all(ids.map((id) => deps.timeline(id, from, to, signal))),
      deps.repositories(ids, from, end, signal),
    ]);
    const facts: DayFacts = {
      day: name,
      from,
      to,
      environmentId: environmentId ?? null,
      operations: deps.operations(...range).filter((one) => concerns(one.environmentId)),
      runs: deps.runs(...range).filter((one) => concerns(one.environmentId)),
      incidents: incidents.filter((one) => concerns(one.environment)),
      timelines,
      repositories,
      utcOffsetMinutes: (at) => -new Date(at).getTimezoneOffset(),
    };
    return summarise(facts);
  }

  return {
    api: { summary: { day: (input, { signal }) => day(input, signal) } },
    step: {
      kind: 'summary',
      options: z.strictObject({}),
      title: () => 'Write the summary of the day',
      timeoutMs: 30_000,
      looksOnly: true,
      anyway: true,
      async run(_options, step) {
        const summary = await day({ environmentId: step.environmentId }, step.signal);
        step.output(summary.markdown);
        return { result: resultOf(summary) };
      },
    },
  };
}

/** `6 commits, 1 incident, 9 h 21 min`. */
function resultOf({ totals }: DaySummary): string {
  const some = (value: number, word: string): string[] =>
    value === 0 ? [] : [`${value} ${word}${value === 1 ? '' : 's'}`];
  const said = [
    ...some(totals.commits, 'commit'),
    ...some(totals.restores, 'restore'),
    ...some(totals.captures, 'golden image'),
    ...some(totals.incidents, 'incident'),
    ...(totals.spanMs === null ? [] : [hours(totals.spanMs)]),
  ];
  return said.length === 0 ? 'A quiet day' : said.join(', ');
}
