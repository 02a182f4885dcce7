import type { ClientLink } from '@orpc/client';
import { ORPCError } from '@orpc/client';
import { describe, expect, it, vi } from 'vitest';
import type { CallContext } from '../client.ts';
import type { ErrorShape } from '../errors.ts';
import type { Channel, Dial } from './channel.ts';
import { type ConnectionEvents, type ConnectionTimes, keepConnected, type Session } from './connection.ts';

const times: ConnectionTimes = {
  helloMs: 40,
  dialMs: 200,
  firstRetryMs: 1,
  lastRetryMs: 4,
  heartbeatMs: 5,
  heartbeatDeadlineMs: 40,
};
const hello = { version: '0.1.0', epoch: 'e1' };

type Answer = () => Promise<unknown>;
const answers: Answer = async () => hello;
const never: Answer = () => new Promise(() => {});
const refusal: ErrorShape = { code: 'engine.locked', message: 'Another one has it.', remedy: 'Close it.' };
const refuses: Answer = async () => {
  throw new ORPCError('APP', { defined: true, status: 422, data: refusal });
};

interface Wire extends Channel {
  answer: Answer;
  open: boolean;
  drop(): void;
}

function createWire(answer: Answer): Wire {
  const closed: (() => void)[] = [];
  const wire: Wire = {
    answer,
    open: true,
    link: { call: () => wire.answer() } as unknown as ClientLink<CallContext>,
    onClose: (listener) => closed.push(listener),
    close: () => {
      wire.open = false;
    },
    drop: () => {
      wire.open = false;
      for (const listener of closed) listener();
    },
  };
  return wire;
}

/** A connection over wires that answer as told, one after the other; the last one serves for all that follow. */
function connect(...kinds: readonly (Answer | 'no wire')[]) {
  const wires: Wire[] = [];
  const seen: string[] = [];
  const sessions: Session[] = [];
  const stop = new AbortController();
  const dial: Dial = async () => {
    const kind = kinds[Math.min(wires.length, kinds.length - 1)] ?? 'no wire';
    const wire = createWire(kind === 'no wire' ? never : kind);
    wires.push(wire);
    if (kind === 'no wire') throw new Error('nobody there');
    return wire;
  };
  const events: ConnectionEvents = {
    onSession: (session) => {
      sessions.push(session);
      seen.push('session');
    },
    onLost: () => seen.push('lost'),
    onRefused: (reason) => seen.push(`refused ${reason.code}`),
    onSilent: (silent) => seen.push(silent ? 'silent' : 'heard'),
  };
  const ended = keepConnected(dial, events, stop.signal, times);
  return { wires, seen, sessions, stop, ended };
}

describe('keeping a connection', () => {
  it('publishes a wire only after it has answered', async () => {
    // The second wire leads to an engine that is just dying: calls on it would never settle.
    const it = connect('no wire', never, answers);
    await vi.waitFor(() => expect(it.sessions).toHaveLength(1));
    expect(it.wires).toHaveLength(3);
    expect(it.wires[1]?.open).toBe(false);
    expect(it.sessions[0]?.hello).toEqual(hello);
    it.stop.abort();
    await it.ended;
    expect(it.seen).toEqual(['session']);
  });

  it('dials again when the wire is gone, and ends the session for everybody on it', async () => {
    const it = connect(answers);
    await vi.waitFor(() => expect(it.sessions).toHaveLength(1));
    const first = it.sessions[0];
    it.wires[0]?.drop();
    await vi.waitFor(() => expect(it.sessions).toHaveLength(2));
    expect(it.seen).toEqual(['session', 'lost', 'session']);
    expect(first?.ended.aborted).toBe(true);
    await expect(first?.client.system.hello()).rejects.toMatchObject({ code: 'engine.disconnected' });
    it.stop.abort();
    await it.ended;
  });

  it('tells silence from loss, and hears when it is over', async () => {
    const it = connect(answers);
    await vi.waitFor(() => expect(it.sessions).toHaveLength(1));
    const wire = it.wires[0] as Wire;
    wire.answer = never;
    await vi.waitFor(() => expect(it.seen).toContain('silent'));
    wire.answer = answers;
    await vi.waitFor(() => expect(it.seen).toContain('heard'));
    expect(it.seen).toEqual(['session', 'silent', 'heard']);
    it.stop.abort();
    await it.ended;
  });

  it('passes on why there is no engine, and keeps asking', async () => {
    const it = connect(refuses, refuses, answers);
    await vi.waitFor(() => expect(it.sessions).toHaveLength(1));
    expect(it.seen).toEqual(['refused engine.locked', 'refused engine.locked', 'session']);
    it.stop.abort();
    await it.ended;
  });

  it('ends when told to, also while nobody answers', async () => {
    const it = connect('no wire');
    await vi.waitFor(() => expect(it.wires.length).toBeGreaterThan(2));
    it.stop.abort();
    await it.ended;
    expect(it.sessions).toEqual([]);
  });
});
