import type { Conversation } from './conversation.ts';
import { ProbeFailure } from './failure.ts';

/** RESP `PING`. A server that wants a password works; one that is loading its data, or cut off from its master, does not. */
export async function probeRedis(peer: Conversation): Promise<string> {
  peer.send('PING\r\n');
  const reply = await peer.line();
  if (reply.startsWith('+')) return `Answers ${reply.slice(1)}.`;
  if (/^-(NOAUTH|NOPERM|WRONGPASS)/.test(reply)) return 'Answers and asks for a password.';
  if (reply.startsWith('-')) throw new ProbeFailure(reply.slice(1));
  throw new ProbeFailure('What listens there does not speak the protocol of Redis.');
}
