import type { EnvironmentView } from '../../../shared/contract/environments.ts';
import type { GoldenImageView } from '../../../shared/contract/golden.ts';
import type { OperationView } from '../../../shared/contract/operations.ts';
import type { RoutineRun } from '../../../shared/contract/routines.ts';
import { healthyCount } from '../../ui/environment-words.ts';
import { count } from '../../ui/format.ts';
import { healthLook, type Shape, type Tone } from '../../ui/health.ts';
import type { Route } from '../../ui/routes.ts';
import { runAction } from '../../ui/routine-words.ts';

export function greeting(hour: number): string {
  if (hour < 5) return 'Good night.';
  if (hour < 12) return 'Good morning.';
  return hour < 18 ? 'Good afternoon.' : 'Good evening.';
}

const wrong = (environment: EnvironmentView): EnvironmentView['services'] =>
  environment.services.filter((one) => {
    const { tone } = healthLook(one.health);
    return tone === 'down' || tone === 'degraded';
  });

/** The state of everything in one sentence, and a few counts under it. */
export function verdict(environments: readonly EnvironmentView[]): {
  readonly sentence: string;
  readonly tone: Tone;
  readonly shape: Shape;
  readonly counts: string;
} {
  const live = environments.filter((one) => one.state === 'running' || one.state === 'partial');
  const sum = live
    .map(healthyCount)
    .reduce((all, one) => ({ healthy: all.healthy + one.healthy, total: all.total + one.total }), {
      healthy: 0,
      total: 0,
    });
  const counts = live.length === 0 ? 'Nothing is running' : `${sum.healthy} of ${sum.total} services healthy`;
  if (environments.length === 0)
    return { sentence: 'No stack yet.', tone: 'idle', shape: 'ring', counts: 'Add one to see it here' };
  if (environments.every((one) => one.stale))
    return {
      sentence: 'Nothing can be checked right now.',
      tone: 'idle',
      shape: 'dashed',
      counts: 'Shown as last seen',
    };
  const ill = live.flatMap(wrong);
  const broken = environments.filter((one) => one.state === 'invalid');
  if (ill.length > 0) {
    const down = ill.some((one) => healthLook(one.health).tone === 'down');
    return {
      sentence: `${count(ill.length, 'service needs', 'services need')} you.`,
      tone: down ? 'down' : 'degraded',
      shape: down ? 'square' : 'triangle',
      counts,
    };
  }
  if (broken.length > 0)
    return {
      sentence: `${count(broken.length, 'stack has', 'stacks have')} files to correct.`,
      tone: 'degraded',
      shape: 'triangle',
      counts,
    };
  if (live.length === 0) return { sentence: 'Everything is stopped.', tone: 'idle', shape: 'ring', counts };
  if (sum.healthy < sum.total) return { sentence: 'Getting ready.', tone: 'healthy', shape: 'half', counts };
  return { sentence: 'Ready.', tone: 'healthy', shape: 'disc', counts };
}

export interface Attention {
  readonly id: string;
  readonly tone: 'down' | 'degraded';
  readonly title: string;
  readonly cause: string;
  readonly action: string;
  readonly route: Route;
}

const day = 86_400_000;

/** What somebody should look at, worst first, each with its cause and the one place to go. */
export function attention(
  environments: readonly EnvironmentView[],
  operations: readonly OperationView[],
  images: readonly GoldenImageView[],
  now: number,
  /** `environment/service` of what is shown as an incident already. */
  covered: ReadonlySet<string> = new Set(),
  runs: readonly RoutineRun[] = [],
): readonly Attention[] {
  const list: Attention[] = [];
  for (const environment of environments) {
    if (environment.stale) continue;
    const errors = environment.problems.filter((one) => one.severity === 'error');
    if (errors[0] !== undefined) {
      list.push({
        id: `files ${environment.id}`,
        tone: environment.state === 'invalid' ? 'down' : 'degraded',
        title: `The files of ${environment.id} have ${count(errors.length, 'problem')}`,
        cause: errors[0].message,
        action: 'Show',
        route: { page: 'stack', environmentId: environment.id, service: null, tab: null },
      });
    }
    for (const service of wrong(environment)) {
      if (covered.has(`${environment.id}/${service.name}`)) continue;
      const look = healthLook(service.health);
      list.push({
        id: `service ${environment.id} ${service.name}`,
        tone: look.tone === 'down' ? 'down' : 'degraded',
        title: `${service.name} is ${look.word.toLowerCase()}`,
        cause: `${environment.id}. ${service.reason ?? 'Its log may say why.'}`,
        action: 'Open',
        route: { page: 'stack', environmentId: environment.id, service: service.name, tab: 'overview' },
      });
    }
  }
  for (const image of images.filter((one) => one.damaged)) {
    list.push({
      id: `image ${image.id}`,
      tone: 'down',
      title: `${image.name} is damaged`,
      cause: 'Its files no longer match what was captured. It cannot be restored.',
      action: 'Show',
      route: { page: 'golden' },
    });
  }
  const ended = notReady(runs, now);
  const told = new Set(ended.flatMap((run) => run.steps.map((step) => step.operationId)));
  for (const run of ended) {
    const [first, ...more] = (run.verdict?.reasons ?? []).filter((one) => one.kind === 'blocker');
    list.push({
      id: `run ${run.id}`,
      tone: 'degraded',
      title: first?.title ?? run.verdict?.sentence ?? `${runAction(run)} did not end ready`,
      cause: [
        `${runAction(run)}, ${run.environmentId}.`,
        first?.remedy ?? first?.detail ?? '',
        more.length === 0 ? '' : `And ${count(more.length, 'more reason')}.`,
      ]
        .filter((one) => one !== '')
        .join(' '),
      action: 'Open the run',
      route: { page: 'routine', runId: run.id },
    });
  }
  for (const operation of lastFailures(operations, now)) {
    // The run that it was part of says it.
    if (told.has(operation.id)) continue;
    list.push({
      id: `operation ${operation.id}`,
      tone: 'degraded',
      title: `${operation.title} failed`,
      cause: operation.error?.message ?? 'Its log says why.',
      action: 'Log',
      route: { page: 'activity', operationId: operation.id },
    });
  }
  return list.sort((a, b) => Number(b.tone === 'down') - Number(a.tone === 'down'));
}

/** Of each environment the newest run, when it ended not ready within the last day. */
function notReady(runs: readonly RoutineRun[], now: number): readonly RoutineRun[] {
  const latest = new Map<string, RoutineRun>();
  for (const one of runs) {
    const known = latest.get(one.environmentId);
    if (known === undefined || known.startedAt < one.startedAt) latest.set(one.environmentId, one);
  }
  return [...latest.values()].filter(
    (one) => one.verdict?.kind === 'not-ready' && now - Date.parse(one.endedAt ?? one.startedAt) < day,
  );
}

/** Failures of the last day that nothing later of the same kind and environment has made up for. */
function lastFailures(operations: readonly OperationView[], now: number): readonly OperationView[] {
  const latest = new Map<string, OperationView>();
  for (const one of operations) {
    const key = `${one.environmentId ?? ''} ${one.kind}`;
    const known = latest.get(key);
    if (known === undefined || known.createdAt < one.createdAt) latest.set(key, one);
  }
  return [...latest.values()].filter(
    (one) => one.state === 'failed' && one.endedAt !== null && now - new Date(one.endedAt).getTime() < day,
  );
}
