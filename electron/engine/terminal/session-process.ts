import type { OutputKind } from './replay-buffer.ts';

/** Where a process of a session leaves what it says. */
export interface ProcessEvents {
  readonly onOutput: (kind: OutputKind, text: string) => void;
  /** Once, after the last output. Null: how it ended is not known (the engine went away). */
  readonly onExit: (code: number | null) => void;
}

/** A command with its input and output connected, in a container or on this machine. */
export interface SessionProcess {
  /** Resolves when it was taken, as far as can be told. */
  write(data: string, signal: AbortSignal): Promise<void>;
  endInput(): void;
  resize(columns: number, rows: number, signal: AbortSignal): Promise<void>;
  /** Stops reading: the command blocks once the pipes on the way are full. */
  pause(): void;
  resume(): void;
  /** Names of what runs besides the command itself. */
  programs(signal: AbortSignal): Promise<readonly string[]>;
  /** Ends the command and what it started; best effort. */
  end(signal: AbortSignal): Promise<void>;
  /** Drops the connection; `onExit(null)` follows unless it has ended. */
  destroy(): void;
}

export type StartProcess = (events: ProcessEvents) => Promise<SessionProcess>;
