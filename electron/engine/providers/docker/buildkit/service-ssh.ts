import { stat } from 'node:fs/promises';
import { connect } from 'node:net';
import type { AppError } from '../../../../../shared/errors.ts';
import { grpcCodes, grpcFailure } from './grpc.ts';
import type { ServerCall, ServerHandler } from './grpc-server.ts';
import { agentRequest, chunk } from './messages.ts';

/** `default` and its like, with the socket of the agent behind each. */
export type SshAgents = ReadonlyMap<string, string>;

/**
 * Reads `build.ssh`: `default` or `id=path`. Throws `docker.unsupported` for a key file, which an agent must hold, and
 * when there is no agent.
 */
export async function sshAgents(
  entries: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
  refuse: (message: string, remedy: string) => AppError,
): Promise<SshAgents> {
  const agents = new Map<string, string>();
  for (const entry of entries) {
    const at = entry.indexOf('=');
    const id = at === -1 ? entry : entry.slice(0, at);
    const path = at === -1 ? environment['SSH_AUTH_SOCK'] : entry.slice(at + 1);
    if (path === undefined || path === '') {
      throw refuse(
        `build.ssh asks for your SSH agent (${id}), and none runs.`,
        'Start ssh-agent and add your key to it.',
      );
    }
    const found = await stat(path).catch(() => undefined);
    if (found === undefined) throw refuse(`${path}, which build.ssh names, does not exist.`, 'Correct the path.');
    if (!found.isSocket() && process.platform !== 'win32') {
      throw refuse(
        `${path}, which build.ssh names, is not the socket of an SSH agent.`,
        `Give the key to your agent (\`ssh-add ${path}\`) and write “${id}” without a path.`,
      );
    }
    agents.set(id, path);
  }
  return agents;
}

/** `moby.sshforward.v1.SSH/CheckAgent` */
export function checkAgentService(agents: SshAgents): ServerHandler {
  return async (call) => {
    let first: Uint8Array | undefined;
    for await (const message of call.messages) first ??= message;
    const { id } = agentRequest.decode(first ?? new Uint8Array());
    if (!agents.has(id || 'default')) throw grpcFailure(grpcCodes.notFound, `no SSH agent ${id || 'default'}`);
    await call.send(new Uint8Array());
  };
}

/** `moby.sshforward.v1.SSH/ForwardAgent`: a conversation with the agent, of which builds get to see and use keys only. */
export function forwardAgentService(agents: SshAgents): ServerHandler {
  return async (call) => {
    const [id = 'default'] = call.header('buildkit.ssh.id');
    const path = agents.get(id || 'default');
    if (path === undefined) throw grpcFailure(grpcCodes.notFound, `no SSH agent ${id}`);
    await forward(call, path);
  };
}

const listKeys = 11;
const sign = 13;
const failure = Buffer.from([0, 0, 0, 1, 5]);
const longestMessage = 256 * 1024;

async function forward(call: ServerCall, path: string): Promise<void> {
  const agent = connect(path);
  const toUs = async (): Promise<void> => {
    for await (const data of agent) await call.send(chunk.encode({ data: data as Buffer }));
  };
  const toAgent = async (): Promise<void> => {
    let held = Buffer.alloc(0);
    for await (const message of call.messages) {
      held = Buffer.concat([held, chunk.decode(message).data]);
      while (held.length >= 5) {
        const length = held.readUInt32BE(0);
        if (length > longestMessage) throw grpcFailure(grpcCodes.internal, 'the message to the SSH agent is too long');
        if (held.length < 4 + length) break;
        const whole = held.subarray(0, 4 + length);
        held = held.subarray(4 + length);
        // Nothing else: a build must not add, remove or lock your keys.
        if (whole[4] === listKeys || whole[4] === sign) agent.write(whole);
        else await call.send(chunk.encode({ data: failure }));
      }
    }
    agent.end();
  };
  const onAbort = (): void => void agent.destroy();
  call.signal.addEventListener('abort', onAbort, { once: true });
  try {
    await Promise.all([toUs(), toAgent()]);
  } finally {
    agent.destroy();
    call.signal.removeEventListener('abort', onAbort);
  }
}
