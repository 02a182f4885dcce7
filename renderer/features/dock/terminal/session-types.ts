import type { TerminalBatch, TerminalView } from '../../../../shared/contract/streams.ts';
import type { AppError } from '../../../../shared/errors.ts';
import type { PasteQuestion } from './paste-guard.ts';

export interface TerminalStreamOptions {
  readonly terminalId: string;
  /** More may come when this has resolved. */
  readonly onBatch: (batch: TerminalBatch) => Promise<void>;
  readonly onStart: () => void;
  /** Failed for another reason than a lost connection. Return true to try again. */
  readonly onError: (error: AppError) => boolean;
  readonly signal: AbortSignal;
}

/** What a session needs from outside. */
export interface TerminalPorts {
  /** Attaches, again after each reconnection; resolves when the terminal has ended or is lost. */
  stream(options: TerminalStreamOptions): Promise<void>;
  /** Starts a new session under the same id. */
  restore(terminalId: string, columns: number, rows: number): Promise<TerminalView>;
  input(terminalId: string, data: string): Promise<unknown>;
  resize(terminalId: string, columns: number, rows: number): Promise<unknown>;
  copy(text: string): void;
}

/** Something a person has to agree to first. */
export type SessionQuestion =
  | { readonly kind: 'paste'; readonly paste: PasteQuestion }
  | { readonly kind: 'link'; readonly url: string }
  /** `programs` empty: it is not known whether anything runs. */
  | { readonly kind: 'close'; readonly programs: readonly string[] };

export interface SearchState {
  readonly open: boolean;
  readonly query: string;
  /** From 0; -1 while none is the current one. */
  readonly index: number;
  readonly count: number;
}

export interface SessionState {
  /** `waiting`: to be restored when it is shown. `gone`: the engine does not know it any more. */
  readonly status: 'waiting' | 'attaching' | 'live' | 'exited' | 'gone';
  /** Exit status once it ended; null when it is not known. */
  readonly exitCode: number | null;
  /** What the shell calls itself (OSC 0 and 2), cleaned; empty until it does. */
  readonly title: string;
  /** It rang while nobody looked. */
  readonly rang: boolean;
  readonly question: SessionQuestion | null;
  readonly search: SearchState;
  readonly error: AppError | null;
}

export interface TerminalSession {
  readonly id: string;
  readonly state: SessionState;
  subscribe(listener: () => void): () => void;
  /** Shows the terminal inside `parent`; the one who mounted last has it. Returns the unmount. */
  mount(parent: HTMLElement): () => void;
  focus(): void;
  /** Passes on what was asked about, without its control characters. */
  paste(remember: boolean): void;
  ask(question: SessionQuestion): void;
  dismiss(): void;
  openSearch(open: boolean): void;
  search(query: string, step: 'type' | 'next' | 'previous'): void;
  /** A new session in the same place, under what is on the screen. */
  restore(): void;
  /** The engine that had it is gone; another one has its place. */
  lost(): void;
  screenReader(on: boolean): void;
  /** Text on the screen and above it, for tests and for copying. */
  text(): string;
  dispose(): void;
}
