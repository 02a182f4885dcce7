import { execFile } from 'node:child_process';
import { access } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface ComposeResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface ComposeOptions {
  /** The project folder. */
  readonly folder: string;
  /** Added to this process's environment. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Milliseconds. Default 120 s. */
  readonly timeoutMs?: number;
}

let program: Promise<readonly [string, ...string[]]> | undefined;

async function findProgram(): Promise<readonly [string, ...string[]]> {
  // Where build/setup-compose.sh puts it.
  const cache = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'golden-hour', 'docker-compose');
  for (const candidate of [process.env.GOLDENHOUR_COMPOSE, cache]) {
    if (candidate === undefined || candidate === '') continue;
    const usable = await access(candidate).then(
      () => true,
      () => false,
    );
    if (usable) return [candidate];
  }
  try {
    await run('docker', ['compose', 'version']);
    return ['docker', 'compose'];
  } catch (cause) {
    throw new Error('docker compose v2 is not installed: run build/setup-compose.sh', { cause });
  }
}

/** Runs the real `docker compose` v2. A non-zero exit is a value. */
export async function compose(args: readonly string[], options: ComposeOptions): Promise<ComposeResult> {
  program ??= findProgram();
  const [command, ...first] = await program;
  try {
    const { stdout, stderr } = await run(command, [...first, ...args], {
      cwd: options.folder,
      env: { ...process.env, ...options.environment },
      timeout: options.timeoutMs ?? 120_000,
      maxBuffer: 64 * 1024 * 1024,
    });
    return { exitCode: 0, stdout, stderr };
  } catch (error) {
    const failed = error as { code?: unknown; stdout?: string; stderr?: string };
    if (typeof failed.code !== 'number') throw error;
    return { exitCode: failed.code, stdout: failed.stdout ?? '', stderr: failed.stderr ?? '' };
  }
}
