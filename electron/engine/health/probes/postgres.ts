import type { Conversation } from './conversation.ts';
import { ProbeFailure } from './failure.ts';

export interface PostgresLogin {
  readonly user: string;
  readonly database: string;
}

/** The server is there and will not take connections for now: starting, stopping, recovering, or full. */
const notReady = new Set(['57P03', '57P01', '57P02', '53300', '53200', '53100']);

/**
 * PostgreSQL's frontend/backend protocol 3.0: a start-up message and what the server makes of it. A server that asks for
 * a password, or refuses the user or the database, works. Without a password one query is asked too.
 */
export async function probePostgres(peer: Conversation, { user, database }: PostgresLogin): Promise<string> {
  const parameters = Buffer.from(`user\0${user}\0database\0${database}\0application_name\0golden-hour\0\0`);
  const head = Buffer.alloc(8);
  head.writeInt32BE(parameters.length + 8, 0);
  head.writeInt32BE(196_608, 4);
  peer.send(Buffer.concat([head, parameters]));
  for (;;) {
    const { type, body } = await message(peer);
    if (type === 'E') return refusal(body);
    if (type === 'R' && body.readInt32BE(0) !== 0) {
      return 'Accepts connections and asks for a password.';
    }
    // Ready for a query: nobody asked for a password.
    if (type === 'Z') break;
  }
  const query = Buffer.from('SELECT 1\0');
  const request = Buffer.alloc(5);
  request.write('Q', 0);
  request.writeInt32BE(query.length + 4, 1);
  peer.send(Buffer.concat([request, query]));
  for (;;) {
    const { type, body } = await message(peer);
    if (type === 'E') throw new ProbeFailure(fieldsOf(body).message);
    if (type === 'Z') break;
  }
  // Terminate, so that its log does not speak of a lost client.
  peer.send(Buffer.from([0x58, 0, 0, 0, 4]));
  return 'Answers queries.';
}

async function message(peer: Conversation): Promise<{ readonly type: string; readonly body: Buffer }> {
  const head = await peer.take(5);
  const type = String.fromCharCode(head[0] ?? 0);
  const length = head.readInt32BE(1) - 4;
  if (!/[A-Za-z]/.test(type) || length < 0 || length > 60_000) {
    throw new ProbeFailure('What listens there does not speak PostgreSQL.');
  }
  return { type, body: await peer.take(length) };
}

function refusal(body: Buffer): string {
  const { code, message: text } = fieldsOf(body);
  if (notReady.has(code)) throw new ProbeFailure(text);
  return `Accepts connections (${text}).`;
}

function fieldsOf(body: Buffer): { readonly code: string; readonly message: string } {
  const fields = new Map(
    body
      .toString('utf8')
      .split('\0')
      .filter((field) => field !== '')
      .map((field) => [field.charAt(0), field.slice(1)]),
  );
  return { code: fields.get('C') ?? '', message: fields.get('M') ?? 'an error without words' };
}
