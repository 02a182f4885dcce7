import type { EngineClient } from '../../shared/client.ts';
import type { EngineView } from '../../shared/contract/engines.ts';
import type { CheckView } from '../../shared/contract/health.ts';
import type { HealthState } from '../../shared/domain/health.ts';
import { AppError, type ErrorCode } from '../../shared/errors.ts';

/** How often the engine is asked while its conclusions are waited for, ms. */
const lookMs = 200;

/** A fresh engine has not asked Docker yet; wait for its first picture, but not for an engine that is not there. */
export async function settled(client: EngineClient): Promise<void> {
  const patience = AbortSignal.timeout(5_000);
  try {
    for await (const event of await client.state.watch({}, { signal: patience })) {
      const environments =
        event.kind === 'snapshot'
          ? event.state.environments
          : event.changes.flatMap((change) => (change.type === 'environment' ? [change.value] : []));
      const engines =
        event.kind === 'snapshot'
          ? event.state.engines
          : event.changes.flatMap((change) => (change.type === 'engines' ? change.value : []));
      if (event.kind === 'snapshot' && environments.length === 0) return;
      if (environments.some((each) => !each.stale)) return;
      if (engines.length > 0 && engines.every((engine) => engine.state !== 'available')) return;
    }
  } catch {
    // Out of patience: show what is known.
  }
}

const engineCodes: Readonly<Record<Exclude<EngineView['state'], 'available'>, ErrorCode>> = {
  'not-found': 'docker.not-found',
  denied: 'docker.denied',
  'not-responding': 'docker.not-responding',
  gone: 'docker.gone',
};

/** Throws why there is no Docker engine, where what is known would otherwise be shown as if it were so now. */
export async function requireDocker(client: EngineClient): Promise<void> {
  await settled(client);
  const engines = await client.engines.list();
  const engine = engines.find((each) => each.selected) ?? engines.find((each) => each.state === 'available');
  if (engine?.state === 'available') return;
  const told = engine ?? engines[0];
  throw new AppError({
    code: told === undefined || told.state === 'available' ? 'docker.not-found' : engineCodes[told.state],
    message: told?.problem?.message ?? 'No Docker engine was found.',
    remedy: told?.problem?.remedy ?? 'Start Docker. `golden doctor` says where it was looked for.',
  });
}

/** In doubt, or on the way to somewhere: another probe or two will tell. */
export const unsettled: ReadonlySet<HealthState> = new Set(['unknown', 'suspect', 'starting', 'recovering']);
/** Nobody looked yet. */
export const unseen: ReadonlySet<HealthState> = new Set(['unknown']);

/**
 * What the watch says of an environment, once no service that is being watched is in one of these states, or after
 * `patienceMs`. An engine that has only just started probes everything at once, but takes some seconds to be sure of a
 * failure.
 */
export async function checksOnce(
  client: EngineClient,
  environmentId: string,
  options: {
    readonly waitFor: ReadonlySet<HealthState>;
    readonly patienceMs: number;
    readonly services?: readonly string[];
  },
): Promise<CheckView[]> {
  const { services = [] } = options;
  const until = performance.now() + options.patienceMs;
  for (;;) {
    const checks = await checksOf(client, environmentId);
    if (checks !== undefined) {
      for (const service of services) mustHave(checks, environmentId, service);
      const asked = checks.filter((each) => services.length === 0 || services.includes(each.service));
      // Nobody watches it now: waiting would tell nothing.
      const waiting = asked.some((each) => options.waitFor.has(each.state) && each.nextAt !== null);
      if (!waiting || performance.now() >= until) return asked;
    } else if (performance.now() >= until + readingMs) {
      return client.health.checks({ environmentId });
    }
    await new Promise((resolve) => setTimeout(resolve, lookMs));
  }
}

/** Reading the files of a stack takes no longer, whatever the patience for its services. */
const readingMs = 5_000;

/** Undefined while its files have not been read yet; throws what is wrong with them. */
async function checksOf(client: EngineClient, environmentId: string): Promise<CheckView[] | undefined> {
  try {
    return await client.health.checks({ environmentId });
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'input.not-found') throw error;
    const { problems } = await client.environments.get({ environmentId });
    const faults = problems.filter((problem) => problem.severity === 'error');
    const [first] = faults;
    if (first === undefined) return undefined;
    throw new AppError({
      code: 'compose.invalid',
      message: first.message,
      remedy: first.remedy,
      details: { problems: faults },
    });
  }
}

function mustHave(checks: readonly CheckView[], environmentId: string, service: string): void {
  if (checks.some((each) => each.service === service)) return;
  throw new AppError({
    code: 'input.not-found',
    message: `${environmentId} has no service ${service}.`,
    remedy: `Choose one of: ${checks.map((each) => each.service).join(', ')}.`,
  });
}
