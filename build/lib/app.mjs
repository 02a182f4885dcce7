import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { root, run, say } from './run.mjs';

const sources = ['electron', 'renderer', 'shared', 'package.json', 'package-lock.json', 'electron.vite.config.ts'];
const outputs = ['out/main/main.js', 'out/main/golden.js', 'out/preload/preload.cjs', 'out/renderer/index.html'];

/** Modification time, ms, of the newest file or folder (a folder's changes when something in it is deleted). */
function newest(path) {
  if (!existsSync(path)) return 0;
  const stat = statSync(path);
  if (!stat.isDirectory()) return stat.mtimeMs;
  return readdirSync(path).reduce((time, name) => Math.max(time, newest(join(path, name))), stat.mtimeMs);
}

export function isStale() {
  const built = outputs.map((path) => join(root, path));
  if (!built.every((path) => existsSync(path))) return true;
  const oldest = Math.min(...built.map((path) => statSync(path).mtimeMs));
  return sources.some((path) => newest(join(root, path)) > oldest);
}

/** Builds into out/. Returns the exit code. */
export function build() {
  return run(
    process.execPath,
    [join(root, 'node_modules', 'electron-vite', 'bin', 'electron-vite.js'), 'build', '--logLevel', 'error'],
    {
      timeoutMs: 300_000,
    },
  );
}

export async function ensureBuilt() {
  if (!isStale()) return 0;
  say('Building…');
  return build();
}
