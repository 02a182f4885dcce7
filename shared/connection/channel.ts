import type { ClientLink } from '@orpc/client';
import type { CallContext } from '../client.ts';

/** One live wire to the engine. */
export interface Channel {
  readonly link: ClientLink<CallContext>;
  /** Called once, when the other side is gone. Not after `close`. */
  onClose(listener: () => void): void;
  close(): void;
}

/** Opens a wire. Rejects when there is none to be had right now; the caller tries again. */
export type Dial = (signal: AbortSignal) => Promise<Channel>;
