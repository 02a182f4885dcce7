import { spawn } from 'node:child_process';
import { Agent, type ClientRequestArgs } from 'node:http';
import { Duplex } from 'node:stream';
import type { DockerEndpoint } from './endpoint.ts';

/**
 * Connections to a remote engine through the user's own `ssh` program, as `docker` itself does it: so its configuration,
 * agent, known hosts and jump hosts apply. One process per connection; it dies with it.
 */
export function createSshAgent(
  endpoint: Extract<DockerEndpoint, { kind: 'ssh' }>,
  environment: Readonly<Record<string, string | undefined>>,
  command: readonly string[] = sshCommand(endpoint),
): Agent {
  // Kept: a connection costs a process and a handshake.
  const agent = new Agent({ keepAlive: true, maxFreeSockets: 4 });
  const open = (_options: ClientRequestArgs): Duplex => connect(command, environment);
  // Node's typings leave out the documented hook.
  (agent as unknown as { createConnection: typeof open }).createConnection = open;
  return agent;
}

function sshCommand(endpoint: Extract<DockerEndpoint, { kind: 'ssh' }>): string[] {
  return [
    'ssh',
    // Never ask: nobody sees the question.
    '-o',
    'BatchMode=yes',
    '-o',
    'ConnectTimeout=10',
    ...(endpoint.user === null ? [] : ['-l', endpoint.user]),
    ...(endpoint.port === null ? [] : ['-p', String(endpoint.port)]),
    '-T',
    '--',
    endpoint.host,
    'docker',
    'system',
    'dial-stdio',
  ];
}

function connect(command: readonly string[], environment: Readonly<Record<string, string | undefined>>): Duplex {
  const child = spawn(command[0] ?? 'ssh', command.slice(1), {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...environment },
    windowsHide: true,
  });
  let said = '';
  child.stderr.setEncoding('utf8');
  child.stderr.on('data', (text: string) => {
    said = (said + text).slice(0, 2000);
  });
  const socket = new Duplex({
    allowHalfOpen: true,
    read: () => child.stdout.resume(),
    write: (chunk, _encoding, done) => {
      // A program that ended takes nothing more; why it ended comes with its exit, and ends the socket.
      child.stdin.write(chunk, (error) => (error ? undefined : done()));
    },
    final: (done) => {
      child.stdin.end(done);
    },
    destroy: (error, done) => {
      child.kill('SIGKILL');
      done(error);
    },
  });
  child.stdout.on('data', (chunk: Buffer) => {
    if (!socket.push(chunk)) child.stdout.pause();
  });
  child.stdin.on('error', () => undefined);
  child.on('error', (error) => socket.destroy(error));
  child.on('close', (code) => {
    if (socket.destroyed) return;
    // Not at the end of its output already: the exit code tells an end from a failure.
    if (code === 0 || code === null) socket.push(null);
    else socket.destroy(Object.assign(new Error(`ssh: ${said.trim() || `exit code ${code}`}`), { code: 'ESSH' }));
  });
  // http asks these of a socket; a pipe has nothing to set.
  return Object.assign(socket, {
    setTimeout: () => socket,
    setNoDelay: () => socket,
    setKeepAlive: () => socket,
    ref: () => socket,
    unref: () => socket,
  });
}
