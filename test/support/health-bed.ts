import { initial, step } from '../../shared/domain/health-machine.ts';
import { defaultHealthRules, type HealthRules } from '../../shared/domain/health-rules.ts';
import type { ContainerSignal, HealthEffect, HealthEvent, ServiceHealth } from '../../shared/domain/health-types.ts';

export const start = Date.UTC(2026, 1, 4, 8, 0);

/** One service on a virtual clock. */
export function bed(rules: HealthRules = defaultHealthRules) {
  let state = initial(rules, start);
  let now = start;
  const effects: HealthEffect[] = [];
  const send = (event: HealthEvent): void => {
    const result = step(state, event, rules);
    state = result.state;
    effects.push(...result.effects);
    now = Math.max(now, event.at);
  };
  const api = {
    get health(): ServiceHealth {
      return state;
    },
    get now(): number {
      return now;
    },
    effects,
    path: (): string => effects.flatMap((effect) => (effect.kind === 'transition' ? [effect.to] : [])).join(' '),
    send,
    wait(ms: number): void {
      now += ms;
    },
    signal(action: 'start' | 'oom'): void {
      send({ kind: 'container', at: now, action });
    },
    die(change: Partial<Extract<ContainerSignal, { action: 'die' }>> = {}): void {
      send({
        kind: 'container',
        at: now,
        action: 'die',
        exitCode: 1,
        oomKilled: false,
        willRestart: false,
        runsOnce: false,
        limitBytes: null,
        detail: null,
        ...change,
      } as HealthEvent);
    },
    /** Waits for the next probe and answers it. */
    probe(ok: boolean, change: Partial<Extract<HealthEvent, { kind: 'probe' }>> = {}): void {
      now = Math.max(now, state.nextProbeAt ?? now);
      send({
        kind: 'probe',
        at: now + (change.latencyMs ?? 3),
        startedAt: now,
        epoch: state.epoch,
        probe: 'liveness',
        ok,
        latencyMs: ok ? 3 : null,
        detail: ok ? null : 'connection refused',
        ...change,
      });
    },
    probes(pattern: string): void {
      for (const each of pattern) api.probe(each === '+');
    },
    lookFor(ms: number, ok = true): void {
      for (const until = now + ms; now < until; ) api.probe(ok);
    },
  };
  return api;
}
