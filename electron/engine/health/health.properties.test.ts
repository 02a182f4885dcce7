import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { containerOf, environmentId, watchBed } from '../../../test/support/watch-bed.ts';

const names = ['db', 'api', 'web'] as const;
const service = fc.constantFrom(...names);

const number = fc.constantFrom(1, 2);
const actions = ['start', 'die', 'oom', 'kill', 'stop', 'pause', 'unpause', 'destroy', 'health_status', 'restart'];
const containerStates = ['created', 'running', 'paused', 'restarting', 'removing', 'exited', 'dead'] as const;

/** What may happen to a watch, in any order. */
const happening = fc.oneof(
  fc.record({
    kind: fc.constant('report' as const),
    service,
    number,
    action: fc.constantFrom(...actions, 'rename'),
    exitCode: fc.constantFrom(0, 1, 137, 143, null),
    status: fc.constantFrom('healthy', 'unhealthy', 'starting', 'odd'),
  }),
  fc.record({
    kind: fc.constant('describe' as const),
    service,
    number,
    state: fc.constantFrom(...containerStates),
    exitCode: fc.constantFrom(0, 1, 137, null),
    oomKilled: fc.boolean(),
  }),
  fc.record({ kind: fc.constant('remove' as const), service, number }),
  fc.record({ kind: fc.constantFrom('lost' as const, 'snapshot', 'sleep', 'forget', 'battery') }),
  fc.record({
    kind: fc.constant('declare' as const),
    services: fc.subarray([...names]),
    project: fc.constantFrom('shop', 'other'),
  }),
  fc.record({
    kind: fc.constant('operation' as const),
    id: fc.constantFrom('1', '2'),
    state: fc.constantFrom('queued' as const, 'running', 'undoing', 'done', 'failed'),
    stop: fc.boolean(),
  }),
  fc.record({ kind: fc.constant('answers' as const), service, ok: fc.boolean() }),
  fc.record({
    kind: fc.constant('watching' as const),
    all: fc.boolean(),
    ms: fc.constantFrom(null, 20_000, 90_000),
  }),
  fc.record({ kind: fc.constant('pass' as const), ms: fc.constantFrom(10, 3000, 40_000) }),
  fc.record({ kind: fc.constant('clock' as const), ms: fc.constantFrom(-3_600_000, -2000, 2000, 3_600_000) }),
);
type Happening = typeof happening extends fc.Arbitrary<infer T> ? T : never;

type Bed = ReturnType<typeof watchBed>;

const idOf = (each: { readonly service: string; readonly number: number }): string => `${each.service}-${each.number}`;

async function happen(bed: Bed, each: Happening): Promise<void> {
  const at = bed.clock.now();
  switch (each.kind) {
    case 'report': {
      const { action, exitCode, status } = each;
      return bed.report({ id: idOf(each), service: each.service }, action, { exitCode, status, signal: '15' });
    }
    case 'describe': {
      const { state, exitCode, oomKilled } = each;
      const facts = { id: idOf(each), number: each.number, state, exitCode, oomKilled, finishedAt: at.toISOString() };
      return bed.describe(containerOf(each.service, facts), 'reconcile');
    }
    case 'remove':
      bed.containers.delete(idOf(each));
      return bed.health.observe({ kind: 'removed', id: idOf(each), projectName: 'shop', at: at.toISOString() });
    case 'lost':
      return bed.health.observe({ kind: 'lost', error: null, since: at.toISOString() });
    case 'snapshot':
      return bed.snapshot(...bed.containers.values());
    case 'sleep':
      return bed.health.machine({ kind: 'sleep' });
    case 'battery':
      return bed.health.machine({ kind: 'power', onBattery: Math.floor(at.getTime() / 1000) % 2 === 0 });
    case 'forget':
      return bed.health.forget(environmentId);
    case 'declare':
      return bed.declare(Object.fromEntries(each.services.map((name) => [name, {}])), undefined, {
        projectName: each.project,
      });
    case 'operation':
      return bed.operation(each.id, each.state, each.stop ? 'stack.stop' : 'stack.up');
    case 'answers':
      if (each.ok) bed.failing.delete(each.service);
      else bed.failing.add(each.service);
      return;
    case 'watching':
      return bed.health.pauseWatching(
        each.all ? null : environmentId,
        each.ms === null ? null : at.getTime() + each.ms,
      );
    case 'clock':
      return bed.clock.set(each.ms);
    case 'pass':
      return bed.clock.pass(each.ms);
  }
}

describe('whatever happens', () => {
  it('nothing throws, spans do not overlap, what is open is declared, and nothing is kept of what is gone', {
    timeout: 60_000,
  }, async () => {
    const complaint = vi.spyOn(console, 'error');
    await fc.assert(
      fc.asyncProperty(fc.array(happening, { maxLength: 40 }), async (happenings) => {
        const bed = watchBed();
        bed.declare({ db: {}, api: {} });
        bed.snapshot(containerOf('db'), containerOf('api'));
        bed.begin();
        await bed.clock.pass(20_000);
        try {
          for (const each of happenings) {
            await happen(bed, each);
            const declared = bed.health.book.get(environmentId)?.configs ?? {};
            for (const incident of bed.open()) expect(Object.keys(declared)).toContain(incident.service);
          }
          await bed.clock.pass(6000);
          const ends = new Map<string, number>();
          for (const span of bed.store.spans(environmentId, 0, 9e15)) {
            expect(span.to).toBeGreaterThan(span.from);
            expect(span.from).toBeGreaterThanOrEqual(ends.get(span.service) ?? 0);
            ends.set(span.service, span.to);
          }
          const declared = bed.health.book.get(environmentId)?.configs ?? {};
          for (const name of names)
            if (bed.health.lastOutcome(environmentId, name) !== undefined)
              expect(Object.keys(declared)).toContain(name);
          expect(complaint).not.toHaveBeenCalled();
        } finally {
          bed.end('killed');
        }
      }),
      { numRuns: 60 },
    );
    complaint.mockRestore();
  });
});
