import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { DoctorCheck, EngineView } from '../../../shared/contract/engines.ts';
import { toAppError } from '../../../shared/errors.ts';
import type { RunProcess } from '../platform/processes.ts';
import type { CurrentDocker } from '../providers/docker/client.ts';
import { compareApiVersions, minimumApiVersion } from '../providers/docker/detect.ts';
import type { Surroundings } from '../providers/docker/surroundings.ts';

export interface DoctorDeps {
  readonly nodeVersion: string;
  readonly dataFolder: string;
  readonly runProcess: RunProcess;
  /** Free and total bytes where golden images are kept; null while there is no store. */
  readonly storeSpace: (
    signal: AbortSignal,
  ) => Promise<{ readonly freeBytes: number; readonly totalBytes: number } | null>;
  /** Checks of other parts. */
  readonly more?: (signal: AbortSignal) => Promise<readonly DoctorCheck[]>;
}

export interface DoctorSubject {
  readonly engines: readonly EngineView[];
  readonly current: CurrentDocker;
  readonly surroundings: Surroundings;
}

type Outcome = Pick<DoctorCheck, 'state' | 'message'> & { readonly remedy?: string };
const minimumNode = [20, 18] as const;
const lowSpaceBytes = 2 * 1024 ** 3;

/** Everything that must be right for us to work, each with what to do when it is not. Never throws. */
export async function runDoctor(deps: DoctorDeps, subject: DoctorSubject, signal: AbortSignal): Promise<DoctorCheck[]> {
  const selected = subject.engines.find((engine) => engine.selected);
  const checks = await Promise.all([
    check('node', 'Node.js', async () => node(deps.nodeVersion)),
    check('data-folder', 'Data folder', () => dataFolder(deps, subject.surroundings)),
    check('engine', 'Docker engine', async () => engine(subject.engines, selected)),
    check('engine-api', 'Engine version', async () => engineVersion(selected)),
    check('engine-clock', 'Engine clock', () => engineClock(subject, selected, signal)),
    check('store-space', 'Space for golden images', async () => space(await deps.storeSpace(signal))),
    check('compose', 'docker compose', () => compose(deps, subject.surroundings, signal)),
  ]);
  const more = deps.more === undefined ? [] : await deps.more(signal).catch(() => []);
  return [...checks, ...more];
}

async function check(id: string, title: string, run: () => Promise<Outcome>): Promise<DoctorCheck> {
  try {
    const { state, message, remedy } = await run();
    return { id, title, state, message, remedy: remedy ?? null };
  } catch (error) {
    const { message, remedy } = toAppError(error);
    return { id, title, state: 'failed', message, remedy };
  }
}

function node(version: string): Outcome {
  const [major = 0, minor = 0] = version.replace(/^v/, '').split('.').map(Number);
  const enough = major > minimumNode[0] || (major === minimumNode[0] && minor >= minimumNode[1]);
  return enough
    ? { state: 'passed', message: `Version ${version}.` }
    : {
        state: 'failed',
        message: `Version ${version} is too old.`,
        remedy: `Install Node.js ${minimumNode.join('.')} or newer.`,
      };
}

async function dataFolder(deps: DoctorDeps, { files }: Surroundings): Promise<Outcome> {
  const probe = join(deps.dataFolder, `.probe-${randomBytes(4).toString('hex')}`);
  try {
    await files.makeFolder(deps.dataFolder, { mode: 0o700 });
    await files.writeText(probe, 'writable\n');
    await files.remove(probe);
    return { state: 'passed', message: `${deps.dataFolder} is writable.` };
  } catch (error) {
    return {
      state: 'failed',
      message: `${deps.dataFolder} cannot be written: ${error instanceof Error ? error.message : String(error)}`,
      remedy: 'Give your user write access to it and make sure that the disk is not full.',
    };
  }
}

function engine(engines: readonly EngineView[], selected: EngineView | undefined): Outcome {
  const view = selected ?? engines[0];
  if (view === undefined) {
    return {
      state: 'failed',
      message: 'No engine was found.',
      remedy: 'Install Docker or Podman, then run this again.',
    };
  }
  if (view.state === 'available') {
    const where = `${view.name} at ${view.endpoint}`;
    return { state: 'passed', message: `${where} answers (${view.operatingSystem ?? 'unknown system'}).` };
  }
  return {
    state: 'failed',
    message: view.problem?.message ?? `${view.name} is not available.`,
    remedy: view.problem?.remedy ?? 'Start the engine.',
  };
}

const noEngine: Outcome = { state: 'skipped', message: 'Needs an engine that answers.' };

function engineVersion(selected: EngineView | undefined): Outcome {
  if (selected?.state !== 'available') return noEngine;
  const words = `Engine ${selected.version ?? '?'}, API ${selected.apiVersion ?? '?'}.`;
  return compareApiVersions(selected.apiVersion ?? '0', minimumApiVersion) >= 0
    ? { state: 'passed', message: words }
    : {
        state: 'warning',
        message: `${words} We need API ${minimumApiVersion}.`,
        remedy: 'Upgrade Docker to 20.10 or newer.',
      };
}

/** Clocks of virtual machines drift over sleep; logs and golden images then carry wrong times. */
async function engineClock(
  { current }: DoctorSubject,
  selected: EngineView | undefined,
  signal: AbortSignal,
): Promise<Outcome> {
  if (selected?.state !== 'available') return noEngine;
  const before = Date.now();
  const info = await current().call('tell the time', { signal, timeoutMs: 5000 }, (docker, abortSignal) =>
    (docker.info as (options: { abortSignal: AbortSignal }) => Promise<{ SystemTime?: string }>)({ abortSignal }),
  );
  const told = Date.parse(info.SystemTime ?? '');
  if (Number.isNaN(told)) return { state: 'skipped', message: 'The engine does not tell its time.' };
  const after = Date.now();
  const off = told < before ? told - before : told > after ? told - after : 0;
  return Math.abs(off) <= 5000
    ? { state: 'passed', message: 'It agrees with ours.' }
    : {
        state: 'warning',
        message: `It is ${Math.round(Math.abs(off) / 1000)} s ${off < 0 ? 'behind' : 'ahead of'} ours.`,
        remedy:
          'Synchronise the clock of the machine the engine runs on; restarting its virtual machine usually does it.',
      };
}

function space(found: { readonly freeBytes: number; readonly totalBytes: number } | null): Outcome {
  if (found === null) return { state: 'skipped', message: 'There is no store yet; the first stack creates it.' };
  const gib = (bytes: number): string => `${(bytes / 1024 ** 3).toFixed(1)} GiB`;
  const words = `${gib(found.freeBytes)} of ${gib(found.totalBytes)} free.`;
  return found.freeBytes >= lowSpaceBytes
    ? { state: 'passed', message: words }
    : {
        state: 'warning',
        message: words,
        remedy: 'Remove golden images you no longer need, or free space on the disk.',
      };
}

/** We do without it; people want it beside us. */
async function compose(deps: DoctorDeps, around: Surroundings, signal: AbortSignal): Promise<Outcome> {
  const absent: Outcome = {
    state: 'warning',
    message: 'The docker compose command was not found. Golden Hour does not need it.',
    remedy: 'Install the Compose plugin if you want to use the same stacks from a terminal.',
  };
  try {
    const environment = Object.fromEntries(
      Object.entries(around.environment).filter((entry): entry is [string, string] => entry[1] !== undefined),
    );
    const ran = await deps.runProcess('docker', ['compose', 'version', '--short'], {
      signal,
      timeoutMs: 5000,
      environment,
    });
    const version = ran.stdout.trim();
    if (ran.exitCode !== 0 || !/^v?\d/.test(version)) return absent;
    return { state: 'passed', message: `Version ${version.replace(/^v/, '')}.` };
  } catch {
    signal.throwIfAborted();
    return absent;
  }
}
