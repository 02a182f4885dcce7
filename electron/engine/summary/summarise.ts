import type { DaySummary } from '../../../shared/contract/summary.ts';
import { coveredMs, uptimeOf } from '../../../shared/domain/uptime.ts';
import type { DayFacts } from './day-facts.ts';
import { entriesOf } from './entries.ts';
import { markdownOf } from './markdown.ts';

const restores: ReadonlySet<string> = new Set(['golden.restore', 'golden.undo']);

/** A day in figures and in order. Pure. */
export function summarise(facts: DayFacts): DaySummary {
  const entries = entriesOf(facts);
  const done = facts.operations.filter((one) => one.state === 'done');
  const roots = facts.incidents.filter((one) => one.inhibitedBy === null);
  const within = (one: { readonly from: number; readonly to: number | null }) => ({
    from: Math.max(one.from, facts.from),
    to: Math.min(one.to ?? facts.to, facts.to),
  });
  const environments = facts.timelines.map((timeline) => {
    const spans = timeline.services.flatMap((service) => service.spans);
    const { upMs, countedMs } = uptimeOf(spans);
    const running = spans.filter(({ state }) => state !== 'stopped' && state !== 'unknown' && state !== 'unreachable');
    return {
      environmentId: timeline.environmentId,
      runningMs: coveredMs(running),
      uptime: countedMs === 0 ? null : upMs / countedMs,
      incidents: roots.filter((one) => one.environment === timeline.environmentId).length,
    };
  });
  const all = uptimeOf(facts.timelines.flatMap((one) => one.services.flatMap((service) => service.spans)));
  const times = [...entries.map((one) => Date.parse(one.at)), ...ends(facts)];
  const from = times.length === 0 ? null : Math.min(...times);
  const to = times.length === 0 ? null : Math.max(...times);
  const sum = (of: (one: DayFacts['repositories'][number]) => number): number =>
    facts.repositories.reduce((total, one) => total + of(one), 0);
  const summary = {
    day: facts.day,
    from: from === null ? null : new Date(from).toISOString(),
    to: to === null ? null : new Date(to).toISOString(),
    totals: {
      spanMs: from === null || to === null ? null : to - from,
      uptime: all.countedMs === 0 ? null : all.upMs / all.countedMs,
      incidents: roots.length,
      incidentMs: coveredMs(roots.map(within)),
      operations: facts.operations.length,
      restores: done.filter((one) => restores.has(one.kind)).length,
      captures: done.filter((one) => one.kind === 'golden.capture').length,
      commits: sum((one) => one.commits.length),
      filesChanged: sum((one) => one.filesChanged),
      insertions: sum((one) => one.insertions),
      deletions: sum((one) => one.deletions),
    },
    environments: environments.filter((one) => one.runningMs > 0),
    repositories: facts.repositories.map(({ name, branch, commits, filesChanged }) => ({
      name,
      branch,
      commits: commits.slice(0, 100).map((one) => ({ ...one })),
      filesChanged,
    })),
    entries: entries.slice(-500),
  };
  return { ...summary, markdown: markdownOf(summary, facts.utcOffsetMinutes) };
}

/** What was started counts until it ended. */
function ends(facts: DayFacts): number[] {
  const ended = [...facts.runs, ...facts.operations].flatMap(({ endedAt }) => endedAt ?? []);
  return ended.map((at) => Math.min(Date.parse(at), facts.to));
}
