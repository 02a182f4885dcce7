import type { Settings } from '../../../shared/contract/settings.ts';
import type { OperationsRunner } from '../operations/runner-types.ts';
import type { Clock } from '../platform/clock.ts';
import type { Files } from '../platform/files.ts';
import type { RunProcess } from '../platform/processes.ts';
import type { CurrentDocker } from '../providers/docker/client.ts';
import type { ContainerRenewal } from '../providers/docker/renewal.ts';
import type { ResolveTarget, StackRuntime } from '../providers/provider.ts';

/** What changed in what `createGolden` shows. */
export type GoldenChange =
  | { readonly type: 'images' }
  | { readonly type: 'store' }
  | { readonly type: 'environment'; readonly environmentId: string };

export interface GoldenDeps {
  readonly docker: CurrentDocker;
  readonly runtime: StackRuntime;
  readonly renewal: ContainerRenewal;
  readonly resolveTarget: ResolveTarget;
  readonly operations: Pick<OperationsRunner, 'start' | 'busy'>;
  readonly clock: Clock;
  readonly files: Files;
  readonly runProcess: RunProcess;
  readonly settings: () => Pick<Settings, 'undoHours' | 'storePath'>;
  readonly appVersion: string;
  readonly onChange: (change: GoldenChange) => void;
  /** Names in the engine. Tests bring their own, so that they never meet a person's store. */
  readonly names?: StoreNames;
}

export interface StoreNames {
  readonly volume: string;
  readonly helper: string;
}

export const defaultNames: StoreNames = { volume: 'golden-hour-store', helper: 'golden-hour-helper' };
