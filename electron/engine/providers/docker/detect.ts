import { z } from 'zod';
import type { EngineView } from '../../../../shared/contract/engines.ts';
import type { DockerClient } from './client.ts';
import type { Candidate } from './endpoints.ts';
import { type EngineProblem, type EngineState, explain } from './engine-problems.ts';
import type { Surroundings } from './surroundings.ts';

/** What asking an engine once told us. */
export interface Detection
  extends Pick<
    EngineView,
    'version' | 'apiVersion' | 'operatingSystem' | 'architecture' | 'cpus' | 'memoryBytes' | 'rootless'
  > {
  readonly state: EngineState;
  readonly problem: EngineProblem | null;
  readonly roundTripMs: number | null;
}

/** 20.10: the oldest engine that everything here was tried with. */
export const minimumApiVersion = '1.41';

export const nothingKnown = {
  version: null,
  apiVersion: null,
  operatingSystem: null,
  architecture: null,
  cpus: null,
  memoryBytes: null,
  rootless: null,
} as const;

const versionSchema = z.object({
  Version: z.string().nullish().catch(null),
  ApiVersion: z.string().nullish().catch(null),
  Arch: z.string().nullish().catch(null),
});
const infoSchema = z.object({
  OperatingSystem: z.string().nullish().catch(null),
  NCPU: z.number().nullish().catch(null),
  MemTotal: z.number().nullish().catch(null),
  SecurityOptions: z.array(z.string()).nullish().catch(null),
});

export interface ProbeOptions {
  readonly signal: AbortSignal;
  readonly timeoutMs?: number;
}

/** Asks an engine who it is. Never throws, except for the signal's reason. */
export async function probeEngine(
  around: Surroundings,
  candidate: Candidate,
  client: DockerClient | null,
  { signal, timeoutMs = 3000 }: ProbeOptions,
): Promise<Detection> {
  if (client === null) {
    return { ...nothingKnown, state: 'not-found', problem: candidate.problem, roundTripMs: null };
  }
  try {
    const before = performance.now();
    const said = await client.call('say its version', { signal, timeoutMs }, (docker, abortSignal) =>
      // The typings lack the signal that dockerode takes.
      (docker.version as (options: { abortSignal: AbortSignal }) => Promise<unknown>)({ abortSignal }),
    );
    const roundTripMs = performance.now() - before;
    const version = versionSchema.parse(said);
    const info = await describe(client, signal, timeoutMs);
    const apiVersion = version.ApiVersion ?? null;
    return {
      state: 'available',
      problem: tooOld(apiVersion),
      version: version.Version ?? null,
      apiVersion,
      architecture: version.Arch ?? null,
      operatingSystem: info.OperatingSystem ?? null,
      cpus: info.NCPU ?? null,
      memoryBytes: info.MemTotal ?? null,
      rootless: info.SecurityOptions?.some((option) => option.includes('rootless')) ?? null,
      roundTripMs,
    };
  } catch (error) {
    signal.throwIfAborted();
    return { ...nothingKnown, ...(await explain(around, candidate, error)), roundTripMs: null };
  }
}

/** Slow on a busy engine and nice to have: what it does not say in time is left out. */
async function describe(
  client: DockerClient,
  signal: AbortSignal,
  timeoutMs: number,
): Promise<Partial<z.infer<typeof infoSchema>>> {
  try {
    const said = await client.call('describe itself', { signal, timeoutMs }, (docker, abortSignal) =>
      (docker.info as (options: { abortSignal: AbortSignal }) => Promise<unknown>)({ abortSignal }),
    );
    return infoSchema.parse(said);
  } catch {
    signal.throwIfAborted();
    return {};
  }
}

function tooOld(apiVersion: string | null): EngineProblem | null {
  if (apiVersion === null || compareApiVersions(apiVersion, minimumApiVersion) >= 0) return null;
  return {
    message: `This engine speaks API ${apiVersion}; some things need ${minimumApiVersion}.`,
    remedy: 'Upgrade Docker to 20.10 or newer.',
  };
}

/** Negative, zero or positive, as `1.9` < `1.41`. */
export function compareApiVersions(a: string, b: string): number {
  const [majorA = 0, minorA = 0] = a.split('.').map(Number);
  const [majorB = 0, minorB = 0] = b.split('.').map(Number);
  return majorA - majorB || minorA - minorB;
}
