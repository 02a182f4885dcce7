import type { OperationView } from '../../../shared/contract/operations.ts';
import type { Clock } from '../platform/clock.ts';
import type { Journal } from './journal.ts';
import type { OperationKind, Operations } from './types.ts';

export interface OperationsDeps {
  readonly journal: Journal;
  readonly clock: Clock;
  readonly onChange: (view: OperationView) => void;
  readonly onRemoved: (id: string) => void;
  /** Work waits for this once: nothing can run before it was looked what engines there are. Default: now. */
  readonly ready?: Promise<void>;
  /** Resolves when a Docker engine answers. Work that lost its engine waits here. */
  readonly engineAvailable: (signal: AbortSignal) => Promise<void>;
  /** For fault tests: called right after every journal entry is on disk, for example `begin restore/switch`. */
  readonly onJournal?: (point: string) => void;
}

export interface OperationsRunner extends Operations {
  register(kinds: readonly OperationKind<never>[]): void;
  /** Takes up what an earlier life left unfinished. Call once, after `register`. */
  recover(): void;
  cancel(id: string): OperationView;
  list(limit: number, options: Parameters<Journal['recent']>[1]): OperationView[];
  /** Created within, the end not included; ISO times. Newest first. */
  within(from: string, to: string): OperationView[];
  get(id: string): OperationView;
  log(id: string): { at: string; step: string | null; text: string }[];
  dismiss(id: string): void;
  /** What is queued or under way now. */
  busy(): OperationView[];
  /** Resolves when the operation has ended. */
  settled(id: string, signal: AbortSignal): Promise<OperationView>;
  /** Stops everything where it is; the journal lets the next life take it up. */
  close(): Promise<void>;
}
