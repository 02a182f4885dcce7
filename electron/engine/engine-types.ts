import type { DesktopBridge, EngineApi } from './api.ts';
import type { StoreNames } from './golden/ports.ts';
import type { KeyStoreStrategy } from './secrets/key-store.ts';

export interface EngineOptions {
  readonly dataFolder: string;
  readonly version: string;
  readonly home: string;
  /** The environment that Compose files are interpolated with. */
  readonly environment: Readonly<Record<string, string>>;
  readonly desktop?: DesktopBridge;
  /** Names of the store in the Docker engine; tests bring their own. */
  readonly storeNames?: StoreNames;
  /** In place of the system's key stores; tests bring their own. */
  readonly keyStores?: readonly KeyStoreStrategy[];
  /** For fault tests: called right after every entry of the operation journal is on disk. */
  readonly onJournal?: (point: string) => void;
}

export interface Engine {
  readonly api: EngineApi;
  /** Operations queued or under way. */
  busy(): { readonly title: string }[];
  /** Figures for Prometheus, with their media type; null while the setting `metricsPage` is off. */
  metricsPage(): { readonly text: string; readonly type: string } | null;
  /** Stops where it is; the next start takes up what was under way. */
  close(): Promise<void>;
}
