import type { ProbeOutcome } from '../../../shared/contract/health.ts';
import type { Probe, ServiceCheck } from '../../../shared/domain/checks.ts';
import type { LoadedStack } from '../environments/stack-loader.ts';
import { editCheck } from '../health/check-editor.ts';
import type { Files } from '../platform/files.ts';

/** Ports behind which something else than HTTP is rare. */
const httpPorts: ReadonlySet<number> = new Set([
  80, 3000, 3001, 3333, 4000, 4200, 5000, 5001, 5173, 8000, 8001, 8008, 8080, 8081, 8088, 8090, 8888, 9090,
]);
/** Where services tell how they are, by convention; the first that answers is proposed. */
const healthPaths = ['/health', '/healthz', '/api/health', '/actuator/health'];
/** A server that answers this well answers everything: what it says at other paths tells nothing. */
const nowhere = '/.golden-hour-asks-for-nothing';
/** After a failure it is not asked again for so long. */
const patienceMs = 1_800_000;
const remembered = 500;

export interface ProbeAdviceDeps {
  readonly files: Files;
  readonly now: () => number;
  /** A service that is only asked for an open port, because nobody said more. `life` changes with its containers. */
  readonly portOnly: (
    environmentId: string,
    service: string,
  ) => { readonly port: number; readonly life: string; readonly declared: ServiceCheck | null } | undefined;
  readonly tryProbe: (
    environmentId: string,
    service: string,
    probe: Probe,
    signal: AbortSignal,
  ) => Promise<ProbeOutcome>;
}

export interface ProbeAdvice {
  readonly message: string;
  readonly proposal: string;
  readonly file: string;
  readonly before: string;
  readonly after: string;
  readonly diff: string;
  /** `GET /health on port 8080 as its check` */
  readonly summary: string;
}

interface Found {
  readonly life: string;
  readonly path: string | null;
  readonly at: number;
}

/** Proposes an HTTP check where only an open port is looked at and HTTP answers. Asks once in a container's life. */
export function createProbeAdvice(deps: ProbeAdviceDeps) {
  const known = new Map<string, Found>();

  async function answers(
    environmentId: string,
    service: string,
    http: NonNullable<Probe['http']>,
    signal: AbortSignal,
  ): Promise<boolean> {
    try {
      return (await deps.tryProbe(environmentId, service, { http }, signal)).ok;
    } catch {
      signal.throwIfAborted();
      return false;
    }
  }

  async function pathOf(environmentId: string, service: string, port: number, signal: AbortSignal) {
    const well = (path: string): Promise<boolean> =>
      answers(environmentId, service, { port, path, status: ['2xx'] }, signal);
    if (!(await answers(environmentId, service, { port, path: '/', status: ['100-599'] }, signal))) return null;
    if (!(await well(nowhere))) for (const path of healthPaths) if (await well(path)) return path;
    return (await answers(environmentId, service, { port, path: '/' }, signal)) ? '/' : null;
  }

  return async (
    environmentId: string,
    service: string,
    loaded: LoadedStack,
    folder: string,
    askUntil: number,
    signal: AbortSignal,
  ): Promise<ProbeAdvice | undefined> => {
    const now = deps.portOnly(environmentId, service);
    if (now === undefined || !httpPorts.has(now.port)) return undefined;
    const { port } = now;
    const key = `${environmentId}/${service}`;
    const life = `${now.life} ${port}`;
    let found = known.get(key);
    const stale = found?.life !== life || (found.path === null && Math.abs(deps.now() - found.at) >= patienceMs);
    if (found === undefined || stale) {
      // A stack of many services that are slow to say nothing: those not asked now are next time.
      if (deps.now() >= askUntil) return undefined;
      found = { life, path: await pathOf(environmentId, service, port, signal), at: deps.now() };
      known.delete(key);
      known.set(key, found);
      if (known.size > remembered) known.delete(known.keys().next().value ?? key);
    }
    const { path } = found;
    if (path === null) return undefined;
    const probe: Probe = { http: path === '/' ? { port } : { port, path } };
    const place = { folder, goldenFile: loaded.goldenFile };
    const { file, before, after, diff } = await editCheck(deps.files, place, service, { ...now.declared, probe });
    return {
      message: `${service} has no health check: only its open port ${port} is looked at. It answers HTTP at ${path}.`,
      proposal: `Check GET ${path} instead.`,
      file,
      before,
      after,
      diff,
      summary: `GET ${path} on port ${port} as its check`,
    };
  };
}
