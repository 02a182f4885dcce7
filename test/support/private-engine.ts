import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { open, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import Docker from 'dockerode';
import { fixtureImages } from './docker.ts';
import { temporaryFolder } from './temp.ts';
import { waitFor } from './wait.ts';

const run = promisify(execFile);

/** A Docker engine of the test's own, to be stopped, frozen and killed without harm to anyone else. */
export interface PrivateEngine {
  /** For `DOCKER_HOST`: `unix:///…/docker.sock`. */
  readonly host: string;
  readonly socketPath: string;
  readonly docker: Docker;
  /** Starts it again after `stop` or `kill`; returns when it answers. */
  start(): Promise<void>;
  /** SIGTERM: containers are stopped with it. */
  stop(): Promise<void>;
  /** SIGKILL: containers go on running. The next start ends them, unless `liveRestore` is set. */
  kill(): Promise<void>;
  /** SIGSTOP: the socket accepts and nothing answers. */
  freeze(): void;
  thaw(): void;
  /** The last lines of its log. */
  log(): Promise<string>;
  /** Stops it and removes all that is its own. */
  remove(): Promise<void>;
}

export interface PrivateEngineOptions {
  /** Fixture images to load into it; none when empty. Default: all. */
  readonly images?: readonly (keyof typeof fixtureImages)[];
  /** Containers survive the end of the engine. Default false, as Docker's. */
  readonly liveRestore?: boolean;
  /** More of dockerd's own flags. */
  readonly flags?: readonly string[];
}

/**
 * Starts a dockerd with its own data, socket and networks. Published ports work on localhost through Docker's proxy,
 * containers reach each other by name, and nothing reaches the internet. Root only.
 */
export async function startPrivateEngine(options: PrivateEngineOptions = {}): Promise<PrivateEngine> {
  if (process.getuid?.() !== 0) throw new Error('a private Docker engine needs root');
  const folder = await temporaryFolder('gh-engine-');
  const at = (name: string): string => join(folder.path, name);
  const socketPath = at('docker.sock');
  const host = `unix://${socketPath}`;
  const containerdSocket = at('containerd.sock');
  const docker = new Docker({ socketPath, timeout: 60_000 });
  // Not `--bridge=none`, and no `--default-address-pool`: with either, a (re)start deletes the `docker0` of the system's
  // own engine.
  const bridge = `ghtest${randomInt(1_000_000, 9_999_999)}`;
  const bridgeAddress = `10.${randomInt(100, 250)}.${randomInt(0, 250)}.1/24`;
  // The system's own engine drops forwarded packets by default, also those between containers on a network of this one.
  const forward = ['FORWARD', '-m', 'physdev', '--physdev-is-bridged', '-j', 'ACCEPT'];
  let child: ChildProcess | undefined;

  const log = async (): Promise<string> => (await readFile(at('log'), 'utf8')).split('\n').slice(-30).join('\n');

  const running = (): ChildProcess => {
    if (child === undefined || child.exitCode !== null || child.signalCode !== null)
      throw new Error('the private engine does not run');
    return child;
  };

  const launch = async (program: string, flags: readonly string[]): Promise<ChildProcess> => {
    const output = await open(at('log'), 'a');
    try {
      return spawn(program, flags, {
        stdio: ['ignore', output.fd, output.fd],
        env: { ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/sbin` },
      });
    } finally {
      await output.close();
    }
  };

  // As a service manager has it: containerd is no child of dockerd, and outlives it.
  const startContainerd = async (): Promise<void> => {
    const config = [
      'version = 2',
      `root = "${at('containerd')}"`,
      `state = "${at('containerd-state')}"`,
      'disabled_plugins = ["io.containerd.grpc.v1.cri", "io.containerd.snapshotter.v1.btrfs"]',
      '[grpc]',
      `  address = "${containerdSocket}"`,
    ];
    await writeFile(at('containerd.toml'), config.join('\n'));
    await launch('containerd', ['--config', at('containerd.toml'), '--log-level', 'warn']);
    const answers = (): Promise<boolean> => run('ctr', ['-a', containerdSocket, 'version']).then(() => true);
    await waitFor(answers, { what: 'a private containerd that answers', deadlineMs: 30_000, intervalMs: 100 });
  };

  const start = async (): Promise<void> => {
    // A killed engine leaves these, and the next one refuses to start while they name a living process.
    await rm(at('pid'), { force: true });
    await rm(socketPath, { force: true });
    const flags = ['--data-root', at('data'), '--exec-root', at('exec'), '--pidfile', at('pid'), '-H', host];
    flags.push('--containerd', containerdSocket, `--bridge=${bridge}`, '--iptables=false', '--ip6tables=false');
    flags.push('--shutdown-timeout=5', ...(options.flags ?? []));
    if (options.liveRestore === true) flags.push('--live-restore');
    child = await launch('dockerd', flags);
    const answers = async (): Promise<boolean> => {
      if (running() !== undefined) await docker.ping();
      return true;
    };
    try {
      await waitFor(answers, { what: 'a private Docker engine that answers', deadlineMs: 60_000, intervalMs: 100 });
    } catch (error) {
      throw new Error(`${(error as Error).message}\n${await log()}`, { cause: error });
    }
  };

  const end = async (signal: 'SIGTERM' | 'SIGKILL'): Promise<void> => {
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill(signal);
    // A frozen process hears SIGTERM only when it goes on.
    child.kill('SIGCONT');
    await ended;
  };

  const load = async (): Promise<void> => {
    const names = options.images ?? (Object.keys(fixtureImages) as (keyof typeof fixtureImages)[]);
    if (names.length === 0) return;
    const images = names.map((name) => fixtureImages[name]);
    const archive = at('images.tar');
    await run('docker', ['save', '-o', archive, ...images]);
    await run('docker', ['-H', host, 'load', '-q', '-i', archive]);
    await rm(archive);
  };

  const empty = async (): Promise<void> => {
    const alive = child !== undefined && child.exitCode === null && child.signalCode === null;
    // Only the engine itself takes its network interfaces away.
    if (!alive) await start();
    child?.kill('SIGCONT');
    for (const { Id } of await docker.listContainers({ all: true }))
      await docker.getContainer(Id).remove({ force: true, v: true });
    await docker.pruneNetworks();
    await end('SIGTERM');
  };

  const remove = async (): Promise<void> => {
    try {
      await empty();
    } finally {
      await endProcessesOf(folder.path);
      await run('iptables', ['-D', ...forward]).catch(() => undefined);
      await run('ip', ['link', 'del', bridge]).catch(() => undefined);
      await unmountUnder(folder.path);
      await folder.remove();
    }
  };

  try {
    await run('iptables', ['-I', ...forward]);
    await run('ip', ['link', 'add', bridge, 'type', 'bridge']);
    await run('ip', ['address', 'add', bridgeAddress, 'dev', bridge]);
    await run('ip', ['link', 'set', bridge, 'up']);
    await startContainerd();
    await start();
    await load();
  } catch (error) {
    await remove();
    throw error;
  }
  return {
    host,
    socketPath,
    docker,
    start,
    stop: () => end('SIGTERM'),
    kill: () => end('SIGKILL'),
    freeze: () => void running().kill('SIGSTOP'),
    thaw: () => void running().kill('SIGCONT'),
    log,
    remove,
  };
}

/** Process ids whose command line names a path in the folder, and their children. */
async function processesOf(folder: string): Promise<number[]> {
  const { stdout } = await run('ps', ['-eo', 'pid=,ppid=,args='], { maxBuffer: 16 * 1024 * 1024 });
  const all = stdout.split('\n').flatMap((line) => {
    const match = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line);
    return match === null ? [] : [{ pid: Number(match[1]), parent: Number(match[2]), args: match[3] ?? '' }];
  });
  const ours = new Set(all.filter(({ args }) => args.includes(`${folder}/`)).map(({ pid }) => pid));
  return all.filter(({ pid, parent }) => ours.has(pid) || ours.has(parent)).map(({ pid }) => pid);
}

/** The shims and containers that a killed engine left behind. */
async function endProcessesOf(folder: string): Promise<void> {
  await waitFor(
    async () => {
      const pids = (await processesOf(folder)).filter((pid) => pid !== process.pid);
      for (const pid of pids) {
        try {
          process.kill(pid, 'SIGKILL');
        } catch {
          // Gone between the look and the kill.
        }
      }
      return pids.length === 0;
    },
    { what: 'the end of what the private engine left', deadlineMs: 15_000 },
  );
}

async function unmountUnder(path: string): Promise<void> {
  const mounts = (await readFile('/proc/self/mounts', 'utf8'))
    .split('\n')
    .map((line) => line.split(' ')[1] ?? '')
    .filter((mount) => mount.startsWith(`${path}/`))
    .toSorted((a, b) => b.length - a.length);
  for (const mount of mounts) await run('umount', ['-l', mount.replaceAll('\\040', ' ')]).catch(() => undefined);
}
