import type { MachineNews, ProbeOutcome, WatchState } from '../../../shared/contract/health.ts';
import type { OperationView } from '../../../shared/contract/operations.ts';
import type { AlertSettings, Notice } from '../../../shared/domain/alert-types.ts';
import type { HealthSection } from '../../../shared/domain/checks.ts';
import type { underPower } from '../../../shared/domain/health-rules.ts';
import type { Clock } from '../platform/clock.ts';
import type { ContainerEvent, ContainerInfo, EnvironmentTarget, ReportedEvent } from '../providers/provider.ts';
import type { HealthStore } from './health-store.ts';
import type { Notifier } from './notifier.ts';
import type { Prober } from './prober.ts';
import type { Recoverer, RecovererDeps } from './recoverer.ts';
import type { ServiceVerdict, WatchBook } from './watch-book.ts';

export interface HealthDeps {
  readonly clock: Clock;
  readonly random: () => number;
  readonly utcOffsetMinutes: (at: number) => number;
  readonly store: HealthStore;
  readonly prober: Prober;
  readonly containers: (projectName: string) => readonly ContainerInfo[];
  readonly alertSettings: () => AlertSettings;
  readonly recovery: Omit<RecovererDeps, 'now' | 'containers' | 'tell' | 'note' | 'memory' | 'remember'>;
  /** The last lines of a service's log, for the telling one. */
  readonly lastLine: (environmentId: string, service: string, signal: AbortSignal) => Promise<string | null>;
  /** The health of an environment is another than before. */
  readonly onHealth: (environmentId: string) => void;
  readonly onWatch: (state: WatchState) => void;
  readonly onNotices: (notices: readonly Notice[], withdrawals: readonly string[]) => void;
  /** What the machine runs on, as far as the engine itself can tell; the desktop may know better. */
  readonly power: () => Parameters<typeof underPower>[1];
  /** The usual p95 of a service's probe at this hour, ms; null while unknown. */
  readonly usualP95: (environmentId: string, service: string) => number | null;
  /** Every result of a probe, for the metrics. */
  readonly onOutcome: (environmentId: string, service: string, outcome: ProbeOutcome) => void;
}

/** Watches every environment: probes, engine reports and operations in; verdicts, incidents and notices out. */
export interface Health {
  /** What the files say now. Call whenever they were read. */
  declare(target: EnvironmentTarget, section: HealthSection | undefined): void;
  forget(environmentId: string): void;
  reported(event: ReportedEvent): void;
  observe(event: ContainerEvent): void;
  operation(view: OperationView): void;
  machine(news: MachineNews): void;
  pauseWatching(environmentId: string | null, until: number | null): void;
  verdict(environmentId: string, service: string): ServiceVerdict | undefined;
  lastOutcome(environmentId: string, service: string): ProbeOutcome | undefined;
  watchState(): WatchState;
  readonly book: WatchBook;
  readonly notifier: Notifier;
  readonly recoverer: Recoverer;
  /** Probes until the signal ends. */
  run(signal: AbortSignal): Promise<void>;
  close(): void;
}
