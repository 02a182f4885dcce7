import { spawn } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'vite';
import type { OperationView } from '../../../shared/contract/operations.ts';
import type { ChildJob } from './protocol.ts';

const root = join(import.meta.dirname, '../../..');

/** What CommonJS packages inside the bundle expect to find. */
const banner = `import { dirname as bannerDirname } from 'node:path';
import { fileURLToPath as bannerFileURLToPath } from 'node:url';
import { createRequire as bannerCreateRequire } from 'node:module';
const __filename = bannerFileURLToPath(import.meta.url);
const __dirname = bannerDirname(__filename);
const require = bannerCreateRequire(import.meta.url);`;

/** Bundles the engine with its test entry once; the natives stay outside and resolve from node_modules. Returns the file. */
export async function bundleEngineChild(): Promise<string> {
  const outDir = join(root, 'node_modules/.cache/engine-child', String(process.pid));
  await mkdir(outDir, { recursive: true });
  await build({
    root,
    configFile: false,
    logLevel: 'error',
    ssr: { noExternal: true, external: ['node-pty', '@photostructure/sqlite', 'cpu-features'] },
    build: {
      ssr: join(import.meta.dirname, 'entry.ts'),
      outDir,
      target: 'node20.18',
      minify: false,
      rollupOptions: {
        external: ['node-pty', '@photostructure/sqlite', 'cpu-features'],
        output: { entryFileNames: 'engine-child.mjs', format: 'es', banner },
      },
    },
  });
  return join(outDir, 'engine-child.mjs');
}

export interface ChildResult {
  readonly killed: boolean;
  /** Journal entries in order, as `begin stack.up/start`, with the call they belong to (-1: an earlier life's). */
  readonly journal: readonly { readonly journal: string; readonly call: number }[];
  /** One per call, in order: the result (for operations: how they ended) or the error. */
  readonly answers: readonly {
    readonly procedure: string;
    readonly result?: unknown;
    readonly error?: { message: string; code?: string };
  }[];
  readonly operations: readonly OperationView[];
  readonly stderr: string;
}

/** Runs one life of the engine. Rejects when it ends in any other way than by itself or by the kill it was told. */
export function runEngineChild(bundle: string, job: ChildJob, timeoutMs = 120_000): Promise<ChildResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [bundle, JSON.stringify(job)], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const timer = setTimeout(() => child.kill('SIGKILL'), timeoutMs);
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk: Buffer) => {
      stdout += chunk.toString('utf8');
    });
    child.stderr.on('data', (chunk: Buffer) => {
      stderr = (stderr + chunk.toString('utf8')).slice(-20_000);
    });
    child.on('error', reject);
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      const lines = stdout
        .split('\n')
        .filter((line) => line.startsWith('{'))
        .map((line) => JSON.parse(line) as Record<string, unknown>);
      const journal = lines.filter((line) => typeof line['journal'] === 'string') as unknown as ChildResult['journal'];
      const { kill } = job;
      const told = kill !== null && journal.filter((entry) => entry.call === kill.call).length >= kill.entry;
      if (code !== 0 && !(signal === 'SIGKILL' && told)) {
        reject(new Error(`engine child ended with ${signal ?? code}\n${stdout.slice(-4000)}\n${stderr}`));
        return;
      }
      const last = lines.find((line) => Array.isArray(line['operations']));
      resolve({
        killed: signal === 'SIGKILL',
        journal,
        answers: lines.filter((line) => typeof line['procedure'] === 'string') as unknown as ChildResult['answers'],
        operations: (last?.['operations'] ?? []) as OperationView[],
        stderr,
      });
    });
  });
}
