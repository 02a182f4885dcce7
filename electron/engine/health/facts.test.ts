import { describe, expect, it } from 'vitest';
import { containerOf } from '../../../test/support/watch-bed.ts';
import type { ContainerInfo, ReportedEvent } from '../providers/provider.ts';
import { containersOf, isStale, observationOf, signalOf } from './facts.ts';

const at = Date.UTC(2026, 1, 4, 8);
const mb = 1024 * 1024;

function report(action: string, more: Partial<ReportedEvent> = {}): ReportedEvent {
  const { id, service } = containerOf('api');
  const none = { status: null, exitCode: null, signal: null };
  return { containerId: id, projectName: 'shop', service, action, at: new Date(at).toISOString(), ...none, ...more };
}
const plain = { at, runsOnce: false, recovers: false };

describe('what a report means', () => {
  it.each([
    ['no', 1, false],
    ['always', 0, true],
    ['unless-stopped', 137, true],
    ['on-failure', 1, true],
    ['on-failure:3', 1, true],
    ['on-failure', 0, false],
  ])('with the restart policy %s an end with %i comes back: %s', (restartPolicy, exitCode, willRestart) => {
    const died = signalOf(report('die', { exitCode }), containerOf('api', { restartPolicy }), plain);
    expect(died).toMatchObject({ action: 'die', exitCode, willRestart });
  });

  it('believes the files of a container that is not described yet, and counts on recovery', () => {
    const died = report('die', { exitCode: 1 });
    expect(signalOf(died, undefined, { ...plain, restart: 'always' })).toMatchObject({ willRestart: true });
    expect(signalOf(died, undefined, { ...plain, recovers: true })).toMatchObject({ willRestart: true });
    expect(signalOf(died, undefined, plain)).toMatchObject({ willRestart: false });
  });

  it('names the limit with a death, and the last line of a HEALTHCHECK', () => {
    const limits = { cpus: null, memoryBytes: 64 * mb };
    expect(signalOf(report('die'), containerOf('api', { limits }), plain)).toMatchObject({ limitBytes: 64 * mb });
    const health = { status: 'unhealthy', failingStreak: 3, lastOutput: 'trying\nrefused\n' } as const;
    const told = signalOf(report('health_status', { status: 'unhealthy' }), containerOf('api', { health }), plain);
    expect(told).toMatchObject({ status: 'unhealthy', detail: 'refused' });
  });

  it('is nothing for what it does not know', () => {
    expect(signalOf(report('rename'), undefined, plain)).toBeUndefined();
    expect(signalOf(report('kill'), undefined, plain)).toBeUndefined();
    expect(signalOf(report('health_status', { status: 'odd' }), undefined, plain)).toBeUndefined();
  });
});

describe('what containers add up to', () => {
  const ended = (exitCode: number, change: Partial<ContainerInfo> = {}): ContainerInfo =>
    containerOf('api', { state: 'exited', exitCode, finishedAt: new Date(at).toISOString(), ...change });
  const second = (change: Partial<ContainerInfo>): ContainerInfo =>
    containerOf('api', { id: 'api-2', name: 'shop-api-2', number: 2, ...change });

  it('leaves single commands out', () => {
    const oneoff = containerOf('api', { id: 'run', labels: { 'com.docker.compose.oneoff': 'True' } });
    expect(containersOf([containerOf('api'), oneoff, containerOf('db')], 'api').map(({ id }) => id)).toEqual(['api-1']);
  });

  it.each([
    ['none', [], 'absent'],
    ['one that runs', [containerOf('api')], 'running'],
    ['one that was asked to stop', [ended(143)], 'stopped'],
    ['one that was killed, by whomever', [ended(137)], 'stopped'],
    ['one that failed', [ended(1)], 'failed'],
    ['one that was created only', [ended(0, { state: 'created' })], 'stopped'],
    ['one that could not start', [ended(127, { state: 'created', error: 'no such file' })], 'failed'],
    ['one that comes back by itself', [ended(1, { state: 'restarting' })], 'restarting'],
    ['one of two that failed', [second({}), ended(1)], 'failed'],
    ['one of two that is paused', [second({ state: 'paused' }), containerOf('api')], 'paused'],
  ] as const)('%s', (_what, containers, wanted) => {
    expect(observationOf(containers, false, at).container).toBe(wanted);
  });

  it('says why, of the one that failed, by its name where there are several', () => {
    const limits = { cpus: null, memoryBytes: 32 * mb };
    expect(observationOf([ended(137, { oomKilled: true, limits })], false, at).cause).toMatchObject({
      kind: 'oom',
      at,
      limitBytes: 32 * mb,
    });
    const { cause } = observationOf([containerOf('api'), second({ ...ended(3), name: 'shop-api-2' })], false, at);
    expect(cause).toMatchObject({ kind: 'exit', exitCode: 3, detail: 'shop-api-2, one of 2 containers' });
  });

  it('is worst in the HEALTHCHECK too, of those that run', () => {
    const health = (status: 'healthy' | 'unhealthy') => ({ status, failingStreak: 0, lastOutput: null });
    const both = [containerOf('api', { health: health('healthy') }), second({ health: health('unhealthy') })];
    expect(observationOf(both, false, at).healthcheck).toBe('unhealthy');
  });

  it('believes the report of an end before a description from before it', () => {
    const running = containerOf('api', { startedAt: new Date(at - 1000).toISOString() });
    const end = { at, asked: false, exitCode: 1 };
    expect(isStale(running, end)).toBe(true);
    expect(observationOf([running], false, at, () => end).container).toBe('failed');
    expect(observationOf([running], false, at, () => ({ ...end, asked: true })).container).toBe('stopped');
    const again = containerOf('api', { startedAt: new Date(at + 1000).toISOString() });
    expect(observationOf([again], false, at, () => end).container).toBe('running');
  });

  it('was killed where the report says that nobody asked', () => {
    const seen = observationOf([ended(137)], false, at, () => ({ at, asked: false, exitCode: 137 }));
    expect(seen).toMatchObject({ container: 'failed', cause: { kind: 'killed', at } });
  });
});
