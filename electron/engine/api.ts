import type { AnySchema, ContractProcedure, InferSchemaInput, InferSchemaOutput } from '@orpc/contract';
import type { Contract } from '../../shared/contract/index.ts';
import type { StartedBy } from '../../shared/contract/operations.ts';

/** Who calls. Doors authenticate and fill this in. */
export interface Actor {
  /** `desktop`: tray and notifications. `engine`: it acts by itself, as it was told to (recovery, schedules). */
  readonly door: 'window' | 'desktop' | 'browser' | 'socket' | 'cli' | 'engine';
  /** The system's user name. */
  readonly user: string;
  /** For the door `engine`: what of it acts, and why. Stands in the journal with the operations that it starts. */
  readonly acts?: StartedBy;
}

/** What comes with every call. */
export interface Call {
  readonly actor: Actor;
  /** Aborted when the caller goes away or gives up. */
  readonly signal: AbortSignal;
}

type Handler<P> =
  P extends ContractProcedure<infer I extends AnySchema, infer O extends AnySchema, infer _E, infer _M>
    ? (input: InferSchemaOutput<I>, call: Call) => Promise<InferSchemaInput<O>>
    : never;

/** The engine's surface: one method per procedure of the contract, inputs already parsed. Doors only carry calls to it. */
export type EngineApi = {
  readonly [D in keyof Contract]: { readonly [P in keyof Contract[D]]: Handler<Contract[D][P]> };
};

/** What the desktop does for the engine, when there is one. */
export interface DesktopBridge {
  pickFolder(title: string): Promise<string | null>;
  openUrl(url: string): Promise<void>;
  window(action: 'minimize' | 'maximize' | 'close'): Promise<void>;
  readonly windowControls: boolean;
  /** Encrypts with a key that the system's key store has; base64. Null: it has none, or it is not a real one. */
  seal(value: string): Promise<string | null>;
  /** The other way. Null: it was not sealed here. */
  unseal(sealed: string): Promise<string | null>;
}
