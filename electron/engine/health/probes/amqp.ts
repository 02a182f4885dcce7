import type { Conversation } from './conversation.ts';
import { ProbeFailure } from './failure.ts';

export interface AmqpLogin {
  readonly user: string;
  readonly password: string;
  readonly virtualHost: string;
}

/** Classes and methods of AMQP 0-9-1 that are needed here, as class × 65536 + method. */
const connectionStart = 0x0a_000a;
const connectionTune = 0x0a_001e;
const connectionOpenOk = 0x0a_0029;
const connectionClose = 0x0a_0032;
const connectionCloseOk = 0x0a_0033;

/**
 * AMQP 0-9-1 up to an open connection, closed in order (a broker logs a warning for one that is just dropped). Refused
 * credentials are an answer too. Without a login the probe ends with the broker's first method.
 */
export async function probeAmqp(peer: Conversation, login: AmqpLogin | undefined): Promise<string> {
  peer.send(Buffer.from([0x41, 0x4d, 0x51, 0x50, 0, 0, 9, 1]));
  const start = await method(peer);
  if (start.id !== connectionStart) throw unexpected(start);
  if (login === undefined) return 'Answers.';
  const secret = `\0${login.user}\0${login.password}`;
  sendMethod(peer, 0x0a_000b, [clientProperties(), shortString('PLAIN'), longString(secret), shortString('en_US')]);
  const tune = await method(peer);
  if (tune.id === connectionClose) {
    sendMethod(peer, connectionCloseOk, []);
    return `Answers (${closeText(tune.body)}).`;
  }
  if (tune.id !== connectionTune) throw unexpected(tune);
  sendMethod(peer, 0x0a_001f, [tune.body.subarray(0, 8)]);
  sendMethod(peer, 0x0a_0028, [shortString(login.virtualHost), shortString(''), Buffer.from([0])]);
  const open = await method(peer);
  if (open.id === connectionClose) {
    sendMethod(peer, connectionCloseOk, []);
    throw new ProbeFailure(closeText(open.body));
  }
  if (open.id !== connectionOpenOk) throw unexpected(open);
  const bye = Buffer.alloc(2);
  bye.writeUInt16BE(200);
  sendMethod(peer, connectionClose, [bye, shortString('probe'), Buffer.alloc(4)]);
  await method(peer);
  return 'Opens connections.';
}

interface Method {
  readonly id: number;
  readonly body: Buffer;
}

async function method(peer: Conversation): Promise<Method> {
  for (;;) {
    const head = await peer.take(7);
    if (head.toString('latin1', 0, 4) === 'AMQP') {
      throw new ProbeFailure('It speaks another version of AMQP than 0-9-1.');
    }
    const length = head.readUInt32BE(3);
    if (length > 60_000) throw new ProbeFailure('What listens there does not speak AMQP.');
    const frame = await peer.take(length + 1);
    if (frame[length] !== 0xce) throw new ProbeFailure('What listens there does not speak AMQP.');
    // Type 8 is a heartbeat.
    if (head[0] === 1 && length >= 4)
      return { id: frame.readUInt16BE(0) * 65_536 + frame.readUInt16BE(2), body: frame.subarray(4, length) };
  }
}

function sendMethod(peer: Conversation, id: number, parts: readonly Buffer[]): void {
  const payload = Buffer.concat([uint32(id), ...parts]);
  const head = Buffer.alloc(7);
  head[0] = 1;
  head.writeUInt32BE(payload.length, 3);
  peer.send(Buffer.concat([head, payload, Buffer.from([0xce])]));
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

/** Without this capability a broker lets refused logins wait for seconds and then hangs up without a word. */
function clientProperties(): Buffer {
  const flag = Buffer.concat([shortString('authentication_failure_close'), Buffer.from('t\x01')]);
  const capabilities = Buffer.concat([uint32(flag.length), flag]);
  const entry = Buffer.concat([shortString('capabilities'), Buffer.from('F'), capabilities]);
  return Buffer.concat([uint32(entry.length), entry]);
}

function shortString(text: string): Buffer {
  const bytes = Buffer.from(text).subarray(0, 255);
  return Buffer.concat([Buffer.from([bytes.length]), bytes]);
}

function longString(text: string): Buffer {
  const bytes = Buffer.from(text);
  return Buffer.concat([uint32(bytes.length), bytes]);
}

function closeText(body: Buffer): string {
  const length = body[2] ?? 0;
  return body.toString('utf8', 3, 3 + length);
}

function unexpected({ id }: Method): ProbeFailure {
  return new ProbeFailure(`It answered with method ${Math.floor(id / 65_536)}.${id % 65_536} out of turn.`);
}
