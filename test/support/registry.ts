import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, open, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { temporaryFolder } from './temp.ts';
import { waitFor } from './wait.ts';

const run = promisify(execFile);

/** Whoever a registry with `password` lets in. */
export const registryUser = { username: 'me', password: 'open sesame' } as const;
// The bcrypt hash of that password, as `htpasswd -B` writes it.
const htpasswd = `${registryUser.username}:$2y$05$abcdefghijklmnopqrstuupx2xBUC4954936wVIjyyPHmUBFu0wCW\n`;

export interface RegistryOptions {
  /** Wants the login above. */
  readonly password?: boolean;
  /** Speaks TLS with a certificate nobody trusts, for this address. */
  readonly tls?: boolean;
  /** Where it listens. Default 127.0.0.1, which every engine takes for insecure. */
  readonly address?: string;
}

/** A real registry of the test's own. */
export interface TestRegistry {
  /** `127.0.0.1:40123`, the first part of image names. */
  readonly host: string;
  readonly port: number;
  readonly authorization: string | undefined;
  /** Starts it again after `stop`, on the same port. */
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Every request it answered so far: `GET /v2/a/manifests/1 200`. */
  requests(): Promise<string[]>;
  remove(): Promise<void>;
}

/** Starts Debian's docker-registry with its data in a folder of its own. Needs no privileges. */
export async function startRegistry(options: RegistryOptions = {}): Promise<TestRegistry> {
  const program = await findProgram();
  const folder = await temporaryFolder('gh-registry-');
  const at = (name: string): string => join(folder.path, name);
  const address = options.address ?? '127.0.0.1';
  const port = await freePort(address);
  const settings: Record<string, unknown> = {
    version: 0.1,
    log: { accesslog: { disabled: false }, level: 'warn' },
    storage: { filesystem: { rootdirectory: at('data') }, delete: { enabled: true } },
    http: { addr: `${address}:${port}`, secret: 'not one' },
  };
  if (options.password === true) {
    await writeFile(at('htpasswd'), htpasswd);
    settings['auth'] = { htpasswd: { realm: 'test', path: at('htpasswd') } };
  }
  if (options.tls === true) {
    await makeCertificate(address, at('key.pem'), at('certificate.pem'));
    settings['http'] = {
      ...(settings['http'] as object),
      tls: { certificate: at('certificate.pem'), key: at('key.pem') },
    };
  }
  // JSON is YAML too.
  await writeFile(at('config.yml'), JSON.stringify(settings));
  let child: ChildProcess | undefined;

  const start = async (): Promise<void> => {
    const output = await open(at('log'), 'a');
    try {
      child = spawn(program, ['serve', at('config.yml')], { stdio: ['ignore', output.fd, output.fd] });
    } finally {
      await output.close();
    }
    const answers = async (): Promise<boolean> => {
      if (child?.exitCode !== null) throw new Error(await readFile(at('log'), 'utf8'));
      // Certificates that nobody trusts end the look before an answer: that it listens is enough.
      const failure = await fetch(`http://${address}:${port}/v2/`).then(
        () => undefined,
        (error: unknown) => error,
      );
      return failure === undefined;
    };
    await waitFor(answers, { what: 'a registry that answers', intervalMs: 30 });
  };
  const stop = async (): Promise<void> => {
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  };
  await start();
  const { username, password } = registryUser;
  return {
    host: `${address}:${port}`,
    port,
    authorization:
      options.password === true ? `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}` : undefined,
    start,
    stop,
    async requests() {
      const lines = (await readFile(at('log'), 'utf8')).split('\n');
      return lines.flatMap((line) => {
        const match = /"(\w+) (\S+) HTTP\/[\d.]+" (\d+)/.exec(line);
        return match === null ? [] : [`${match[1]} ${match[2]} ${match[3]}`];
      });
    },
    async remove() {
      await stop();
      await rm(folder.path, { recursive: true, force: true });
    },
  };
}

async function findProgram(): Promise<string> {
  const cache = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'golden-hour', 'docker-registry');
  for (const candidate of [process.env.GOLDENHOUR_REGISTRY, cache]) {
    if (candidate === undefined || candidate === '') continue;
    const usable = await access(candidate).then(
      () => true,
      () => false,
    );
    if (usable) return candidate;
  }
  try {
    await run('docker-registry', ['--version']);
    return 'docker-registry';
  } catch (cause) {
    throw new Error('there is no registry to test with: run build/setup-registry.sh', { cause });
  }
}

async function makeCertificate(address: string, key: string, certificate: string): Promise<void> {
  const subject = ['-subj', '/CN=registry', '-addext', `subjectAltName=IP:${address}`];
  const files = ['-keyout', key, '-out', certificate];
  await run('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', ...subject, ...files]);
}

async function freePort(address: string): Promise<number> {
  const server = createServer().listen(0, address);
  await once(server, 'listening');
  const taken = server.address();
  server.close();
  await once(server, 'close');
  if (taken === null || typeof taken === 'string') throw new Error('no port');
  return taken.port;
}
