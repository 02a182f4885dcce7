import { createConnection, type Socket } from 'node:net';
import { join } from 'node:path';
import dbus from '@homebridge/dbus-native';
import { z } from 'zod';

/** A call of a method on the session bus. Signature and body as D-Bus has them. */
export interface BusCall {
  readonly destination: string;
  readonly path: string;
  readonly interface: string;
  readonly member: string;
  readonly signature?: string;
  readonly body?: readonly unknown[];
}

const signalSchema = z.object({
  type: z.literal(4),
  /** The object that sent it. */
  path: z.string().default(''),
  interface: z.string(),
  member: z.string(),
  body: z.array(z.unknown()).default([]),
});
export type BusSignal = z.infer<typeof signalSchema>;

export interface BusEvents {
  /** The bus can be used. Also after it was away. */
  onUp(): void;
  onDown(): void;
  onSignal(signal: BusSignal): void;
}

export interface SessionBus {
  /** The reply's values. Rejects while the bus is away, with the service's own error, or after five seconds. */
  call(call: BusCall): Promise<readonly unknown[]>;
  close(): void;
}

interface RawBus {
  readonly connection: { on(event: string, listener: (value: unknown) => void): void };
  invoke(message: object, done: (error: unknown, ...values: unknown[]) => void): void;
}
const { createClient } = dbus as unknown as { createClient(options: { stream: Socket }): RawBus };

const callMs = 5_000;
const probeMs = 2_000;
const firstRetryMs = 1_000;
const lastRetryMs = 30_000;

/** Where the session bus listens: a path, or an abstract name that begins with NUL. Null: nowhere we can go. */
export function busSocket(environment: Readonly<Record<string, string | undefined>>): string | null {
  const { DBUS_SESSION_BUS_ADDRESS: addresses, XDG_RUNTIME_DIR: runtime } = environment;
  if (addresses === undefined || addresses === '') return runtime === undefined ? null : join(runtime, 'bus');
  for (const address of addresses.split(';')) {
    if (!address.startsWith('unix:')) continue;
    const fields = new Map<string, string>();
    for (const field of address.slice(5).split(',')) {
      const at = field.indexOf('=');
      if (at > 0) fields.set(field.slice(0, at), field.slice(at + 1));
    }
    const path = fields.get('path');
    if (path !== undefined) return plain(path);
    const abstract = fields.get('abstract');
    if (abstract !== undefined) return `\0${plain(abstract)}`;
  }
  return null;
}

/** Is anybody there? Known at once, but for a bus that hangs: two seconds. */
export function busListens(socket: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createConnection(socket);
    const end = (there: boolean): void => {
      clearTimeout(timer);
      probe.destroy();
      resolve(there);
    };
    const timer = setTimeout(() => end(false), probeMs);
    probe.once('connect', () => end(true));
    probe.once('error', () => end(false));
  });
}

/** Bytes that may not stand in an address are written as `%xx`. */
function plain(value: string): string {
  return Buffer.from(
    value.replace(/%([0-9a-fA-F]{2})/g, (_whole, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    'latin1',
  ).toString();
}

/** Keeps a connection to the session bus for as long as there is one. `matches`: rules for the signals that are wanted. */
export function keepSessionBus(socket: string | null, matches: readonly string[], events: BusEvents): SessionBus {
  let bus: RawBus | null = null;
  let stream: Socket | null = null;
  let closed = false;
  let retryMs = firstRetryMs;
  let timer: NodeJS.Timeout | undefined;
  /** Settles the calls that wait, when the bus goes away. */
  const waiting = new Set<(reason: Error) => void>();
  if (socket !== null) connect(socket);

  function connect(path: string): void {
    const own = createConnection(path);
    stream = own;
    let up = false;
    own.once('connect', () => {
      try {
        open(own);
      } catch (error) {
        own.destroy(error instanceof Error ? error : new Error(String(error)));
      }
    });
    // A missing bus is no fault: the close below is all there is to do.
    own.on('error', () => undefined);
    own.on('end', () => own.destroy());
    own.on('close', () => {
      if (stream === own) stream = null;
      bus = null;
      for (const reject of waiting) reject(away());
      waiting.clear();
      if (up) events.onDown();
      if (closed) return;
      timer = setTimeout(() => connect(path), retryMs);
      retryMs = Math.min(lastRetryMs, retryMs * 2);
    });

    function open(connected: Socket): void {
      // It waits for the connection itself, which is there already.
      const raw = createClient({ stream: connected });
      raw.connection.on('error', () => connected.destroy());
      raw.connection.on('message', (message) => {
        const signal = signalSchema.safeParse(message);
        if (signal.success && up) events.onSignal(signal.data);
      });
      bus = raw;
      Promise.all(matches.map((rule) => call(busItself('AddMatch', 's', [rule])))).then(
        () => {
          if (bus !== raw) return;
          up = true;
          retryMs = firstRetryMs;
          events.onUp();
        },
        () => connected.destroy(),
      );
    }
  }

  function call(what: BusCall): Promise<readonly unknown[]> {
    return new Promise((resolve, reject) => {
      const raw = bus;
      if (raw === null) {
        reject(away());
        return;
      }
      const settle = (error: Error | null, values: readonly unknown[] = []): void => {
        clearTimeout(deadline);
        waiting.delete(settle);
        if (error === null) resolve(values);
        else reject(error);
      };
      const deadline = setTimeout(() => settle(new Error(`${what.member} was not answered`)), callMs);
      waiting.add(settle);
      try {
        raw.invoke({ ...what }, (error, ...values) => settle(asError(error, what.member), values));
      } catch (error) {
        settle(asError(error, what.member));
      }
    });
  }

  return {
    call,
    close() {
      closed = true;
      clearTimeout(timer);
      stream?.destroy();
    },
  };
}

/** A call to the bus itself. */
export function busItself(member: string, signature: string, body: readonly unknown[]): BusCall {
  const destination = 'org.freedesktop.DBus';
  return { destination, path: '/org/freedesktop/DBus', interface: destination, member, signature, body };
}

const away = (): Error => new Error('There is no session bus.');

function asError(error: unknown, member: string): Error | null {
  if (error === null || error === undefined) return null;
  if (error instanceof Error) return error;
  const { name, message } = z
    .object({ name: z.string(), message: z.unknown() })
    .catch({ name: '', message: '' })
    .parse(error);
  return new Error(`${member}: ${name} ${String(message)}`);
}
