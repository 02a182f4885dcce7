import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AppError } from '../../../../shared/errors.ts';
import { environmentId, scheduleBed, timezone } from '../../../../test/support/schedule-bed.ts';
import { leadOf } from './lead.ts';
import { slotsOf } from './slots.ts';

const minute = 60_000;
const hour = 60 * minute;
const morning = { at: '08:30' };

describe('a schedule', () => {
  it('starts nothing that nobody turned on', async () => {
    const bed = scheduleBed('2026-11-18T20:00:00Z', { morning });
    await bed.pass(24 * hour);
    expect(bed.started).toEqual([]);
    expect(bed.scheduler.view(environmentId, 'morning', morning)).toEqual({
      schedule: morning,
      enabled: false,
      from: 'file',
      nextAt: null,
      skipped: null,
    });
    expect(bed.scheduler.view(environmentId, 'other', null)).toBeNull();
  });

  it('starts on time, from Monday to Friday, until it is turned off', async () => {
    // A Wednesday evening; Berlin is an hour ahead.
    const bed = scheduleBed('2026-11-18T20:00:00Z', { morning });
    bed.scheduler.set(environmentId, 'morning', null, true);
    expect(bed.scheduler.view(environmentId, 'morning', morning)?.nextAt).toBe('2026-11-19T07:30:00.000Z');
    await bed.until('2026-11-24T12:00:00Z');
    bed.scheduler.set(environmentId, 'morning', null, false);
    await bed.pass(48 * hour);
    expect(bed.times()).toEqual(
      ['2026-11-19', '2026-11-20', '2026-11-23', '2026-11-24'].map((day) => `${day}T07:30 schedule`),
    );
  });

  it('goes by the user in place of the file', async () => {
    const bed = scheduleBed('2026-11-18T20:00:00Z', { morning });
    bed.scheduler.set(environmentId, 'morning', { cron: '0 10 * * sat' }, true);
    await bed.until('2026-11-23T12:00:00Z');
    expect(bed.times()).toEqual(['2026-11-21T09:00 schedule']);
    expect(bed.scheduler.view(environmentId, 'morning', morning)).toMatchObject({ from: 'user' });
  });

  it('does not make up for what was before it was turned on, or said otherwise', async () => {
    const bed = scheduleBed('2026-11-19T09:00:00Z', { morning });
    bed.scheduler.set(environmentId, 'morning', null, true);
    await bed.pass(hour);
    bed.proposals['morning'] = { at: '10:55' };
    await bed.pass(hour);
    expect(bed.started).toEqual([]);
    await bed.until('2026-11-20T12:00:00Z');
    expect(bed.times()).toEqual(['2026-11-20T09:55 schedule']);
  });

  it('starts early enough to be ready by then', async () => {
    const bed = scheduleBed('2026-11-18T20:00:00Z', { morning: { ready_by: '08:45' } });
    bed.scheduler.set(environmentId, 'morning', null, true);
    await bed.until('2026-11-19T12:00:00Z');
    bed.durationsMs = [60_000, 120_000, 120_000, 600_000];
    await bed.until('2026-11-20T12:00:00Z');
    // The budget while nothing is known; then what nine of ten took, and a quarter of the usual.
    expect(bed.times()).toEqual(['2026-11-19T07:40 schedule', '2026-11-20T07:34 schedule']);
  });

  it('makes up once for what was missed, when the machine has settled', async () => {
    const bed = scheduleBed('2026-11-18T20:00:00Z', { morning: { cron: '0 6-9 * * *' } });
    bed.scheduler.set(environmentId, 'morning', null, true);
    await bed.look();
    bed.sleep(11 * hour + 20 * minute);
    await bed.look();
    expect(bed.started).toEqual([]);
    await bed.pass(minute);
    expect(bed.times()).toEqual(['2026-11-19T07:21 late']);
    await bed.pass(30 * minute);
    expect(bed.started).toHaveLength(1);
  });

  it('does so in another life too, and not when it is too late', async () => {
    const bed = scheduleBed('2026-11-18T20:00:00Z', { morning });
    bed.scheduler.set(environmentId, 'morning', null, true);
    bed.sleep(13 * hour);
    bed.restart();
    await bed.pass(minute);
    expect(bed.times()).toEqual(['2026-11-19T09:01 late']);
    bed.sleep(27 * hour + 45 * minute);
    bed.restart();
    await bed.pass(minute);
    expect(bed.started).toHaveLength(1);
    expect(bed.skipped('morning')).toBe('nobody was there at 08:30');
  });

  it('is not made up for on another day, which begins at four in the morning', async () => {
    const night = { at: '02:30', days: ['thu' as const, 'fri' as const] };
    const bed = scheduleBed('2026-11-18T20:00:00Z', { night });
    bed.scheduler.set(environmentId, 'night', null, true);
    await bed.look();
    bed.sleep(6 * hour + 50 * minute);
    await bed.pass(2 * minute);
    expect(bed.times()).toEqual(['2026-11-19T02:52 late']);
    await bed.until('2026-11-20T01:00:00Z');
    bed.sleep(2 * hour + 10 * minute);
    await bed.pass(2 * minute);
    expect(bed.started).toHaveLength(1);
    expect(bed.skipped('night')).toBe('nobody was there at 02:30');
  });

  it('is left out when something is against it, and says so', async () => {
    const bed = scheduleBed('2026-11-18T20:00:00Z', { morning });
    bed.scheduler.set(environmentId, 'morning', null, true);
    bed.against = 'on battery with 12 %';
    await bed.until('2026-11-19T12:00:00Z');
    expect(bed.started).toEqual([]);
    expect(bed.scheduler.view(environmentId, 'morning', morning)?.skipped).toEqual({
      at: '2026-11-19T07:30:00.000Z',
      reason: 'on battery with 12 %',
    });
    bed.against = null;
    await bed.until('2026-11-20T12:00:00Z');
    expect(bed.times()).toEqual(['2026-11-20T07:30 schedule']);
    expect(bed.skipped('morning')).toBeNull();
  });

  it('waits for what is under way, and gives up when its time is over', async () => {
    const bed = scheduleBed('2026-11-18T20:00:00Z', { morning, early: { at: '08:30' } });
    bed.scheduler.set(environmentId, 'morning', null, true);
    bed.busy = true;
    await bed.until('2026-11-19T08:00:00Z');
    bed.busy = false;
    await bed.pass(minute);
    expect(bed.times()).toEqual(['2026-11-19T08:01 late']);
    bed.busy = true;
    await bed.until('2026-11-20T13:00:00Z');
    bed.busy = false;
    await bed.pass(hour);
    expect(bed.started).toHaveLength(1);
    expect(bed.skipped('morning')).toBe('another routine was still under way');
  });

  it('never starts two at a time in one environment', async () => {
    const bed = scheduleBed('2026-11-18T20:00:00Z', { morning, early: morning });
    for (const routine of ['morning', 'early']) bed.scheduler.set(environmentId, routine, null, true);
    await bed.until('2026-11-19T07:29:45Z');
    bed.shift(30_000);
    bed.scheduler.tick(new AbortController().signal);
    expect(bed.started.length).toBeLessThanOrEqual(1);
    await bed.pass(2 * minute);
    expect(bed.started.map(({ routine }) => routine).sort()).toEqual(['early', 'morning']);
  });

  it('says once that nobody agreed to what it runs', async () => {
    const bed = scheduleBed('2026-11-18T20:00:00Z', { morning });
    bed.scheduler.set(environmentId, 'morning', null, true);
    const untrusted = (hash: string) =>
      new AppError({ code: 'guard.untrusted', message: 'x', remedy: 'y', details: { hash } });
    bed.refuse = untrusted('a');
    await bed.until('2026-11-20T12:00:00Z');
    expect(bed.refusals).toHaveLength(1);
    expect(bed.skipped('morning')).toBe('nobody agreed to what it runs');
    bed.refuse = untrusted('b');
    await bed.until('2026-11-24T12:00:00Z');
    expect(bed.refusals).toHaveLength(2);
    expect(bed.started).toEqual([]);
  });

  it('is content with a start by hand', async () => {
    const bed = scheduleBed('2026-11-18T20:00:00Z', { morning });
    bed.scheduler.set(environmentId, 'morning', null, true);
    await bed.until('2026-11-19T07:10:00Z');
    bed.ranAt.set('morning', bed.now());
    await bed.until('2026-11-20T12:00:00Z');
    expect(bed.times()).toEqual(['2026-11-20T07:30 schedule']);
  });

  it('starts at the first unlock or wake-up of the day', async () => {
    const bed = scheduleBed('2026-11-18T20:00:00Z', { morning: { on: ['unlock'] }, early: { on: ['resume'] } });
    for (const routine of ['morning', 'early']) bed.scheduler.set(environmentId, routine, null, true);
    bed.scheduler.wake('unlock');
    await bed.pass(hour);
    expect(bed.started).toEqual([]);
    bed.sleep(10 * hour);
    bed.scheduler.wake('resume');
    bed.scheduler.wake('unlock');
    await bed.pass(hour);
    bed.scheduler.wake('unlock');
    await bed.pass(hour);
    expect(bed.times().sort()).toEqual(['2026-11-19T07:01 resume', '2026-11-19T07:02 unlock']);
    // Past midnight is still the same day, and Saturday is none of the days.
    bed.setClock('2026-11-20T00:30:00Z');
    bed.scheduler.wake('unlock');
    await bed.pass(minute);
    bed.setClock('2026-11-21T08:00:00Z');
    bed.scheduler.wake('unlock');
    await bed.pass(minute);
    expect(bed.started).toHaveLength(2);
  });

  it('notices by itself that the machine slept', async () => {
    const bed = scheduleBed('2026-11-18T20:00:00Z', { early: { on: ['resume'] } });
    bed.scheduler.set(environmentId, 'early', null, true);
    await bed.pass(minute);
    bed.sleep(11 * hour);
    await bed.pass(2 * minute);
    expect(bed.times()).toEqual(['2026-11-19T07:03 resume']);
  });

  it('comes once where clocks go forward over it, and once where they go back', async () => {
    const bed = scheduleBed('2026-03-27T20:00:00Z', { morning: { at: '02:30', days: ['sat', 'sun', 'mon'] } });
    bed.scheduler.set(environmentId, 'morning', null, true);
    await bed.until('2026-03-30T12:00:00Z');
    expect(bed.times()).toEqual([
      '2026-03-28T01:30 schedule',
      '2026-03-29T01:00 schedule',
      '2026-03-30T00:30 schedule',
    ]);
    const autumn = scheduleBed('2026-10-24T20:00:00Z', { morning: { at: '02:30', days: ['sun', 'mon'] } });
    autumn.scheduler.set(environmentId, 'morning', null, true);
    await autumn.until('2026-10-26T12:00:00Z');
    expect(autumn.times()).toEqual(['2026-10-25T00:30 schedule', '2026-10-26T01:30 schedule']);
  });

  it('is not done again when the clock is set back, and not kept away by one that was far ahead', async () => {
    const bed = scheduleBed('2026-11-19T06:00:00Z', { morning });
    bed.scheduler.set(environmentId, 'morning', null, true);
    await bed.until('2026-11-19T07:40:00Z');
    bed.ranAt.clear();
    bed.setClock('2026-11-19T07:20:00Z');
    await bed.until('2026-11-19T12:00:00Z');
    expect(bed.started).toHaveLength(1);
    bed.setClock('2031-01-01T07:25:00Z');
    await bed.pass(30 * minute);
    bed.setClock('2026-11-19T13:00:00Z');
    await bed.until('2026-11-20T08:00:00Z');
    expect(bed.times().at(-1)).toBe('2026-11-20T07:30 schedule');
  });

  it('is never done twice for one slot, nor while another is under way, whatever happens', async () => {
    const schedule = fc.oneof(
      fc.record({ at: fc.constantFrom('02:30', '08:30', '23:50') }),
      fc.record({ ready_by: fc.constantFrom('00:02', '08:45') }),
      fc.record({ cron: fc.constantFrom('*/20 * * * *', '15 6-20/3 * * *') }),
    );
    const event = fc.oneof(
      fc.record({ kind: fc.constant('pass' as const), minutes: fc.integer({ min: 1, max: 240 }) }),
      fc.record({ kind: fc.constant('sleep' as const), minutes: fc.integer({ min: 1, max: 3000 }) }),
      fc.record({ kind: fc.constant('shift' as const), minutes: fc.integer({ min: -600, max: 600 }) }),
      fc.record({ kind: fc.constantFrom('busy' as const, 'free' as const, 'restart' as const, 'forgotten' as const) }),
      fc.record({ kind: fc.constant('took' as const), minutes: fc.integer({ min: 1, max: 90 }) }),
    );
    await fc.assert(
      fc.asyncProperty(schedule, fc.array(event, { minLength: 3, maxLength: 14 }), async (proposed, events) => {
        const bed = scheduleBed('2026-10-24T04:00:00Z', { morning: { ...proposed, days: undefined } });
        bed.scheduler.set(
          environmentId,
          'morning',
          'cron' in proposed ? proposed : { ...proposed, days: ['sat', 'sun', 'mon', 'tue'] },
          true,
        );
        for (const each of events) {
          const before = bed.started.length;
          if (each.kind === 'pass') await bed.pass(each.minutes * minute);
          else if (each.kind === 'sleep') bed.sleep(each.minutes * minute);
          else if (each.kind === 'shift') bed.shift(each.minutes * minute);
          else if (each.kind === 'restart') bed.restart();
          else if (each.kind === 'took') bed.durationsMs = [each.minutes * minute];
          else if (each.kind === 'forgotten') bed.ranAt.clear();
          else bed.busy = each.kind === 'busy';
          if (bed.busy) expect(bed.started.length).toBe(before);
        }
        const slots = slotsOf(
          'cron' in proposed ? proposed : { ...proposed, days: ['sat', 'sun', 'mon', 'tue'] },
          timezone,
        );
        const used = bed.started.map(({ handledUntil }) => handledUntil);
        expect(new Set(used).size).toBe(used.length);
        expect([...used].sort((a, b) => a - b)).toEqual(used);
        for (const slot of used) expect(slots.last(slot)).toBe(slot);
      }),
      { numRuns: 60 },
    );
  });
});

describe('how early it starts', () => {
  it('goes by what nine of ten took, with a margin, within limits', () => {
    expect(leadOf([], 300_000)).toBe(300_000);
    expect(leadOf([40_000, 40_000, 40_000], 300_000)).toBe(60_000);
    expect(leadOf([200_000, 200_000, 400_000], 300_000)).toBe(450_000);
    expect(leadOf([36_000_000], 300_000)).toBe(7_200_000);
  });
});
