import type { OperationView } from '../../../shared/contract/operations.ts';
import type { RoutineRun } from '../../../shared/contract/routines.ts';
import type { SummaryEntry } from '../../../shared/contract/summary.ts';
import { span } from '../../../shared/domain/clock-words.ts';
import type { Incident } from '../../../shared/domain/incident-types.ts';
import { incidentReason, incidentTitle } from '../../../shared/domain/incident-words.ts';
import type { DayFacts, RepositoryDay } from './day-facts.ts';

/** Housekeeping that nobody asked for. */
const quiet: ReadonlySet<string> = new Set(['golden.tidy']);
/** Steps whose results are worth a line in the story of a run. */
const telling: ReadonlySet<string> = new Set(['git.pull', 'git.wip', 'git.push', 'golden.restore', 'golden.capture']);

/** Looked, and there was nothing to do. */
const nothingNew = /is up to date$|, as before$/;

/** What happened, oldest first, each thing once. */
export function entriesOf(facts: DayFacts): SummaryEntry[] {
  const partOfRun = new Set(facts.runs.flatMap((run) => run.steps.flatMap((step) => step.operationId ?? [])));
  const own = facts.operations.filter((one) => !quiet.has(one.kind) && !partOfRun.has(one.id));
  return [
    ...facts.runs.map((run) => runEntry(run, facts)),
    ...own.map(operationEntry),
    ...facts.incidents.filter((one) => one.inhibitedBy === null).map((one) => incidentEntry(one, facts)),
    ...facts.repositories.flatMap(commitsEntry),
  ].sort((a, b) => a.at.localeCompare(b.at));
}

function runEntry(run: RoutineRun, facts: DayFacts): SummaryEntry {
  const took = run.endedAt === null ? null : Date.parse(run.endedAt) - Date.parse(run.startedAt);
  const name =
    run.routine === 'morning' ? 'Started the day' : run.routine === 'evening' ? 'Ended the day' : `Ran ${run.title}`;
  const results = run.steps
    .filter((step) => step.state === 'done' && telling.has(step.uses))
    .flatMap((step) => step.result ?? [])
    .filter((result) => !nothingNew.test(result));
  // The evening's own summary is written while it runs.
  const verdict = run.verdict?.sentence ?? (run.state === 'running' ? 'Under way' : null);
  return {
    at: run.startedAt,
    kind: 'routine',
    title: took === null || took < 1000 ? name : `${name} in ${span(took)}`,
    detail: sentences([verdict, ...results]),
    environmentId: facts.environmentId === null ? run.environmentId : null,
  };
}

function operationEntry(one: OperationView): SummaryEntry {
  const kind =
    one.kind === 'golden.restore' || one.kind === 'golden.undo'
      ? 'restore'
      : one.kind === 'golden.capture'
        ? 'capture'
        : 'operation';
  const end = one.state === 'failed' ? 'Failed' : one.state === 'cancelled' ? 'Cancelled' : null;
  return {
    at: one.startedAt ?? one.createdAt,
    kind,
    title: one.title,
    detail: sentences([end, one.state === 'failed' ? (one.error?.message ?? null) : one.summary]),
    environmentId: one.environmentId,
  };
}

function incidentEntry(one: Incident, facts: DayFacts): SummaryEntry {
  const lasted = one.to === null ? '' : ` for ${span(one.to - one.from)}`;
  return {
    at: new Date(Math.max(one.from, facts.from)).toISOString(),
    kind: 'incident',
    title: `${incidentTitle(one)}${lasted}`,
    detail: sentences([incidentReason(one, facts.utcOffsetMinutes(one.cause?.at ?? one.from)), one.logLine]),
    environmentId: one.environment,
  };
}

function commitsEntry(one: RepositoryDay): SummaryEntry[] {
  const newest = one.commits[0];
  if (newest === undefined) return [];
  const where = one.branch === null ? one.name : `${one.name} on ${one.branch}`;
  return [
    {
      at: newest.at,
      kind: 'commits',
      title: `${one.commits.length === 1 ? '1 commit' : `${one.commits.length} commits`} in ${where}`,
      detail: sentences(one.commits.slice(0, 5).map((each) => each.subject)),
      environmentId: null,
    },
  ];
}

function sentences(parts: readonly (string | null)[]): string | null {
  const said = parts.flatMap((part) => (part === null || part.trim() === '' ? [] : [part.trim()]));
  const text = said.map((part) => (/[.!?…]$/.test(part) ? part : `${part}.`)).join(' ');
  return text === '' ? null : text.slice(0, 1000);
}
