/** The client half of the credit windows of contract/common.ts `flowSchema`, the same for the window and the CLI. */

export interface FlowRequest {
  readonly streamId: string;
  /** How many batches may be on their way or unprocessed. */
  readonly window: number;
}

export interface ConsumeOptions {
  /** Tells the server that this many batches were dealt with: `flow.ack`. */
  readonly ack: (streamId: string, count: number) => Promise<unknown>;
  /** 1 to 64, default 8. */
  readonly window?: number;
}

/**
 * Opens a flow-controlled stream and yields its batches. A batch counts as dealt with when the loop body has come back
 * for the next one, so a slow body slows the server down instead of filling memory.
 *
 * @example for await (const batch of consumeFlow((flow) => client.logs.follow({ flow, … }), { ack })) …
 */
export async function* consumeFlow<T>(
  open: (flow: FlowRequest) => Promise<AsyncIterable<T>>,
  options: ConsumeOptions,
): AsyncGenerator<T, void, void> {
  const window = options.window ?? 8;
  const streamId = newStreamId();
  // Half a window at a time: fewer calls, and the server still never runs dry waiting for us.
  const every = Math.max(1, Math.floor(window / 2));
  let done = 0;
  for await (const batch of await open({ streamId, window })) {
    yield batch;
    done += 1;
    if (done >= every) {
      const count = done;
      done = 0;
      // A lost acknowledgement means a lost connection, and then the stream itself ends with the reason.
      options.ack(streamId, count).catch(() => undefined);
    }
  }
}

let opened = 0;

/** Unique among the streams of one engine; no secret. */
function newStreamId(): string {
  opened += 1;
  const chance = (): string => Math.floor(Math.random() * 2 ** 48).toString(36);
  return `s${opened.toString(36)}-${chance()}-${chance()}`;
}
