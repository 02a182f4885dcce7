import { ORPCError } from '@orpc/server';
import { RPCHandler } from '@orpc/server/ws';
import { z } from 'zod';
import type { Actor } from '../engine/api.ts';
import { invalidInput, toDeclared } from './errors.ts';
import type { DoorContext, EngineRouter } from './router.ts';

/** A connection that carries text frames both ways, whatever it is made of: a message port or a websocket. */
export interface Wire {
  send(frame: string): void;
  onFrame(receive: (frame: unknown) => void): void;
  onClose(closed: () => void): void;
}

/** Serves one connection until it closes. Never throws and never rejects, whatever the other side sends. */
export type ServeWire = (wire: Wire, actor: Actor) => void;

/** The largest frame a client may send, in UTF-16 units. Terminal input is the largest legitimate one. */
const maxFrame = 4 * 1024 * 1024;

/** oRPC's frame from client to server. Checked here because its decoder throws out of reach of any caller. */
const frameSchema = z.object({
  i: z.string().min(1).max(64),
  /** 1 or absent: request. 3: an item of a stream that the client sends. 4: abort. */
  t: z.union([z.literal(1), z.literal(3), z.literal(4)]).optional(),
  p: z.unknown().optional(),
});
const requestSchema = z.object({
  u: z.string().startsWith('/').max(500),
  h: z.record(z.string(), z.union([z.string(), z.array(z.string())])).optional(),
  m: z.literal('POST').optional(),
  b: z.unknown().optional(),
});

export function createServeWire(router: EngineRouter): ServeWire {
  const handler = new RPCHandler<DoorContext>(router, {
    interceptors: [
      async ({ next, request }) => {
        try {
          return await next();
        } catch (error) {
          // Only what fails before a procedure is reached gets here unmapped, such as a body that cannot be decoded.
          throw toDeclared(error, procedureOf(request.url.pathname));
        }
      },
    ],
  });
  return (wire, actor) => {
    let open = true;
    const send = (frame: string): void => {
      if (!open) return;
      try {
        wire.send(frame);
      } catch {
        // Closed between the check and the call; its close event ends the streams.
      }
    };
    wire.onClose(() => {
      open = false;
    });
    const socket = {
      send: (data: unknown) => send(String(data)),
      addEventListener: (type: string, listener: (event: { data: unknown }) => void) => {
        if (type === 'close') wire.onClose(() => listener({ data: undefined }));
        if (type === 'message') {
          wire.onFrame((frame) => {
            const checked = checkFrame(frame);
            if (checked.ok) listener({ data: frame });
            else if (checked.answer !== undefined) send(checked.answer);
          });
        }
      },
    };
    void handler.upgrade(socket as unknown as Parameters<typeof handler.upgrade>[0], { context: { actor } });
  };
}

type Checked = { readonly ok: true } | { readonly ok: false; readonly answer: string | undefined };

/** Frames that name a request get an answer even when the rest is garbage; others are dropped, there is nobody to tell. */
function checkFrame(frame: unknown): Checked {
  if (typeof frame !== 'string' || frame.length > maxFrame) return { ok: false, answer: undefined };
  let value: unknown;
  try {
    value = JSON.parse(frame);
  } catch {
    return { ok: false, answer: undefined };
  }
  const parsed = frameSchema.safeParse(value);
  if (!parsed.success) return { ok: false, answer: undefined };
  const { i: id, t: type, p: payload } = parsed.data;
  if (type === 4) return { ok: true };
  // No procedure of ours takes a stream as its input.
  if (type === 3) return { ok: false, answer: undefined };
  const request = requestSchema.safeParse(payload);
  if (request.success && URL.canParse(`http://door${request.data.u}`)) return { ok: true };
  const issues = request.success ? [] : request.error.issues;
  const error = invalidInput(
    'request',
    issues.length === 0
      ? [{ path: 'u', message: 'not a path' }]
      : issues.map((issue) => ({ path: issue.path.join('.'), message: issue.message })),
  );
  const body = new ORPCError('APP', { defined: true, status: 422, message: error.message, data: error.toShape() });
  return { ok: false, answer: JSON.stringify({ i: id, p: { s: 422, b: { json: body.toJSON() } } }) };
}

function procedureOf(pathname: string): string {
  return pathname.replace(/^\//, '').replaceAll('/', '.');
}
