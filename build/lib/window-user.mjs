import {
  chmodSync,
  chownSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  statSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { capture, root, run, say } from './run.mjs';

const user = 'goldenhour-e2e';
const socket = '/var/run/docker.sock';

function idOf(flag) {
  return Number(capture('id', [flag, user]).stdout);
}

function ensureUser() {
  if (capture('id', ['-u', user]).ok) return true;
  return capture('useradd', ['--create-home', '--shell', '/bin/bash', user]).ok;
}

/** The socket's group, or an access list entry where that group is root's own. */
function allowEngine() {
  if (!existsSync(socket)) return;
  const group = capture('stat', ['-c', '%G', socket]).stdout;
  if (group !== 'root' && group !== 'UNKNOWN') capture('usermod', ['-aG', group, user]);
  else capture('setfacl', ['-m', `u:${user}:rw`, socket]);
}

/**
 * Runs a command as a created user without privileges, so that Chromium's sandbox is on, with a home of its own. The
 * checkout and the Electron runtime may lie in folders only root can enter: they are bound, read-only, to a folder the
 * user can reach, in a mount namespace that ends with the command. Results go to `output`, which is brought back.
 * @param {(at: {app: string, node: string, output: string}) => string[]} command
 */
export async function runAsWindowUser(command, { timeoutMs }) {
  if (!ensureUser()) {
    say(`The user ${user} could not be created.`);
    return 1;
  }
  allowEngine();
  const [uid, gid] = [idOf('-u'), idOf('-g')];
  const base = mkdtempSync(join(tmpdir(), 'goldenhour-e2e-'));
  chmodSync(base, 0o755);
  const at = (name) => join(base, name);
  const owned = (name) => {
    mkdirSync(at(name), { mode: 0o700 });
    chownSync(at(name), uid, gid);
  };
  for (const name of ['app', 'electron', 'node']) mkdirSync(at(name));
  for (const name of ['home', 'output', 'tmp', 'run']) owned(name);

  const binds = [[root, 'app']];
  const override = process.env.ELECTRON_OVERRIDE_DIST_PATH;
  if (override) binds.push([override, 'electron']);
  let node = process.execPath;
  if (!capture('runuser', ['-u', user, '--', node, '--version']).ok) {
    binds.push([dirname(dirname(node)), 'node']);
    node = at('node/bin/node');
  }
  const environment = {
    HOME: at('home'),
    USER: user,
    LOGNAME: user,
    TMPDIR: at('tmp'),
    XDG_RUNTIME_DIR: at('run'),
    PATH: `${dirname(node)}:/usr/local/bin:/usr/bin:/bin`,
    LANG: 'C.UTF-8',
    GOLDENHOUR_TEST_OUTPUT: at('output'),
  };
  if (override) environment.ELECTRON_OVERRIDE_DIST_PATH = at('electron');
  for (const name of ['CI', 'DOCKER_HOST', 'NODE_EXTRA_CA_CERTS', 'DEBUG'])
    if (process.env[name]) environment[name] = process.env[name];
  if (process.env.GOLDENHOUR_COMPOSE) {
    copyFileSync(process.env.GOLDENHOUR_COMPOSE, at('docker-compose'));
    environment.GOLDENHOUR_COMPOSE = at('docker-compose');
  }

  const quote = (text) => `'${text.replaceAll("'", "'\\''")}'`;
  const mounts = binds.map(([from, name]) => `mount --bind -o ro ${quote(from)} ${quote(at(name))}`);
  const variables = Object.entries(environment).map(([name, value]) => quote(`${name}=${value}`));
  const program = command({ app: at('app'), node, output: at('output') }).map(quote);
  const script = [
    'set -e',
    ...mounts,
    `cd ${quote(at('app'))}`,
    `exec runuser -u ${user} -- env -i ${variables.join(' ')} ${program.join(' ')}`,
  ].join('\n');
  try {
    return await run('unshare', ['--mount', '--propagation', 'private', 'bash', '-c', script], { timeoutMs });
  } finally {
    collect(at('output'));
    rmSync(base, { recursive: true, force: true });
  }
}

/** Brings results and screenshots back into the checkout, with the checkout's owner. */
function collect(output) {
  const { uid, gid } = statSync(root);
  for (const name of ['test-results', 'screenshots']) {
    if (!existsSync(join(output, name))) continue;
    cpSync(join(output, name), join(root, name), { recursive: true, force: true });
    capture('chown', ['-R', `${uid}:${gid}`, join(root, name)]);
  }
}
