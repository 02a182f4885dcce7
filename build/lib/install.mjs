import { chmodSync, existsSync, readFileSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { capture, root, run, say, stop } from './run.mjs';

/** What the lock file asks for and node_modules does not hold, as package paths. */
function missingPackages() {
  const wanted = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages;
  const record = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(record)) return ['node_modules'];
  const installed = JSON.parse(readFileSync(record, 'utf8')).packages;
  // Optional packages may be for another platform; the version says enough for the others.
  return Object.keys(wanted).filter((path) => {
    if (path === '' || wanted[path].optional || wanted[path].devOptional || wanted[path].peer) return false;
    return installed[path]?.version !== wanted[path].version;
  });
}

/** node-gyp downloads Node's C headers unless it is told where they are: beside Node itself, when they came with it. */
function headersEnvironment() {
  const set = Object.keys(process.env).some((name) => /^npm_(package_config_node_gyp|config)_nodedir$/i.test(name));
  const prefix = dirname(dirname(realpathSync(process.execPath)));
  if (set || !existsSync(join(prefix, 'include', 'node', 'node_api.h'))) return process.env;
  return { ...process.env, npm_package_config_node_gyp_nodedir: prefix };
}

function terminalCompiled() {
  const folder = join(root, 'node_modules', 'node-pty');
  return (
    existsSync(join(folder, 'build', 'Release', 'pty.node')) ||
    existsSync(join(folder, 'prebuilds', `${process.platform}-${process.arch}`, 'pty.node'))
  );
}

function npm(args, env) {
  const script = process.env.npm_execpath;
  if (script?.endsWith('.js')) return run(process.execPath, [script, ...args], { env });
  return run(process.platform === 'win32' ? 'npm.cmd' : 'npm', args, { env });
}

/** Brings node_modules in line with the lock file. Does nothing, quickly, when it already is. */
export async function ensureInstalled() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 18))
    stop(`Golden Hour needs Node 20.18 or newer; this is ${process.version}.`);
  const env = headersEnvironment();
  if (missingPackages().length > 0) {
    say('Installing dependencies…');
    // Scripts of packages are not run, whatever the npm version; the one that is needed is run below.
    const code = await npm(['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], env);
    if (code !== 0) stop('npm ci failed: see above. It needs the npm registry only.');
  }
  if (!terminalCompiled()) {
    say('Compiling the terminal (node-pty)…');
    if (!capture('make', ['--version']).ok && process.platform === 'linux')
      stop(
        'node-pty has to be compiled: install python3, make and g++ (apt-get install python3 make g++), then try again.',
      );
    const code = await npm(['rebuild', 'node-pty', '--loglevel=error'], env);
    if (code !== 0 || !terminalCompiled()) stop('node-pty did not compile: see above. It needs python3, make and g++.');
  }
  // The package carries it without the right to be run.
  const helper = join(root, 'node_modules/node-pty/prebuilds', `${process.platform}-${process.arch}`, 'spawn-helper');
  if (existsSync(helper)) chmodSync(helper, 0o755);
}
