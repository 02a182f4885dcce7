import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root, say } from './run.mjs';

const programs = { darwin: 'Electron.app/Contents/MacOS/Electron', win32: 'electron.exe' };
const program = programs[process.platform] ?? 'electron';
const folder = join(root, 'node_modules', 'electron');

function version() {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).version;
}

/** Runs Electron's own download, quietly. Resolves with null or the reason it failed. */
function download(timeoutMs) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [join(folder, 'install.js')], {
      cwd: root,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let errors = '';
    child.stderr.on('data', (chunk) => {
      errors = (errors + chunk).slice(-4000);
    });
    const timer = setTimeout(() => child.kill('SIGKILL'), timeoutMs);
    child.on('error', (error) => resolve(error.message));
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      if (code === 0) resolve(null);
      else if (signal === 'SIGKILL') resolve(`no answer within ${Math.round(timeoutMs / 1000)} s`);
      else resolve(errors.match(/^.*(?:Error|ERR_|ENOTFOUND|EAI_AGAIN|ECONN).*$/m)?.[0].trim() ?? 'download failed');
    });
  });
}

/**
 * The Electron program to run: from ELECTRON_OVERRIDE_DIST_PATH, or Electron's package, which fetches it when first
 * asked. `{path}` or `{problem}`, one line.
 */
export async function findElectron({ timeoutMs = Number(process.env.GOLDENHOUR_ELECTRON_TIMEOUT_MS ?? 300_000) } = {}) {
  const override = process.env.ELECTRON_OVERRIDE_DIST_PATH;
  if (override) {
    const path = join(override, program);
    return existsSync(path) ? { path } : { problem: `ELECTRON_OVERRIDE_DIST_PATH has no ${program}: ${override}` };
  }
  const path = join(folder, 'dist', program);
  if (existsSync(path) && existsSync(join(folder, 'path.txt'))) return { path };
  say(`Downloading Electron ${version()}…`);
  const problem = await download(timeoutMs);
  return problem === null && existsSync(path) ? { path } : { problem: problem ?? 'the download left no program' };
}
