import type { Conversation } from './conversation.ts';
import { ProbeFailure } from './failure.ts';

const user = 'golden_hour';
/** ER_HOST_NOT_PRIVILEGED */
const notAllowedHost = 1130;
/** PROTOCOL_41, SECURE_CONNECTION, PLUGIN_AUTH. */
const capabilities = 0x0000_0200 | 0x0000_8000 | 0x0008_0000;

/**
 * MySQL's and MariaDB's handshake, to its end. A client that leaves in the middle counts as a connection error, and the
 * server blocks the host after a hundred of them; a refused login does not, and proves as much.
 */
export async function probeMysql(peer: Conversation): Promise<string> {
  const greeting = await packet(peer);
  if (greeting.body[0] === 0xff) {
    // It works, and lets in nobody from where we are.
    if (greeting.body.readUInt16LE(1) === notAllowedHost) return `Answers (${errorOf(greeting.body)}).`;
    throw new ProbeFailure(errorOf(greeting.body));
  }
  if (greeting.body[0] !== 10) throw new ProbeFailure('What listens there does not speak MySQL.');
  const end = greeting.body.indexOf(0, 1);
  const version = greeting.body.toString('latin1', 1, end === -1 ? undefined : end);

  const flags = Buffer.alloc(32);
  flags.writeUInt32LE(capabilities, 0);
  flags.writeUInt32LE(1 << 24, 4);
  flags[8] = 45;
  send(peer, greeting.sequence + 1, Buffer.concat([flags, Buffer.from(`${user}\0\0mysql_native_password\0`)]));
  let reply = await packet(peer);
  // Another way to log in than the one we named: an empty answer ends it in order.
  for (let round = 0; reply.body[0] === 0xfe && round < 3; round += 1) {
    send(peer, reply.sequence + 1, Buffer.alloc(0));
    reply = await packet(peer);
  }
  if (reply.body[0] === 0xff) {
    const code = reply.body.readUInt16LE(1);
    // Too many connections, out of memory, shutting down: it will not serve anybody.
    if (code === 1040 || code === 1041 || code === 1053 || code === 1203) throw new ProbeFailure(errorOf(reply.body));
  }
  return `Answers, version ${version}.`;
}

function send(peer: Conversation, sequence: number, body: Buffer): void {
  const head = Buffer.alloc(4);
  head.writeUIntLE(body.length, 0, 3);
  head[3] = sequence & 0xff;
  peer.send(Buffer.concat([head, body]));
}

async function packet(peer: Conversation): Promise<{ readonly sequence: number; readonly body: Buffer }> {
  const head = await peer.take(4);
  const length = head.readUIntLE(0, 3);
  if (length === 0 || length > 60_000) throw new ProbeFailure('What listens there does not speak MySQL.');
  return { sequence: head[3] ?? 0, body: await peer.take(length) };
}

function errorOf(body: Buffer): string {
  const text = body.toString('utf8', 3);
  return text.startsWith('#') ? text.slice(6) : text;
}
