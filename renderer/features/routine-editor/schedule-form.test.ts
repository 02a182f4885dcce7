import { describe, expect, it } from 'vitest';
import type { Schedule } from '../../../shared/domain/routine-file.ts';
import { clockOf, formOf, scheduleOf, scheduleWords } from './schedule-form.ts';

const usual = { when: 'at', time: '18:00' } as const;

describe('a schedule', () => {
  const schedules: Schedule[] = [
    { at: '17:00', days: ['fri'], skip_on_metered: true },
    { ready_by: '08:45', skip_on_low_battery: false },
    { cron: '30 8 * * mon-fri' },
    { on: ['unlock', 'resume'], days: ['mon', 'tue', 'sun'] },
    { ready_by: '08:45', on: ['unlock'] },
  ];
  it.each(schedules)('comes out of its form as it went in: %j', (schedule) => {
    expect(scheduleOf(formOf(schedule, usual))).toEqual({ ok: true, schedule });
  });

  it('begins with what is usual, and says no more than needed', () => {
    expect(scheduleOf(formOf(null, usual))).toEqual({ ok: true, schedule: { at: '18:00' } });
  });

  it('says what is missing at its field', () => {
    const form = formOf(null, usual);
    expect(scheduleOf({ ...form, time: '25:00' })).toMatchObject({ ok: false, field: 'time' });
    expect(scheduleOf({ ...form, days: [] })).toMatchObject({ ok: false, field: 'days' });
    expect(scheduleOf({ ...form, when: 'wake' })).toMatchObject({ ok: false, field: 'wake' });
    expect(scheduleOf({ ...form, when: 'cron', cron: 'x' })).toMatchObject({ ok: false, field: 'cron' });
  });

  it('reads times as people type them', () => {
    expect(['8', '8:30', '0830', '08.30', '23:59', '24', '8:7'].map(clockOf)).toEqual([
      '08:00',
      '08:30',
      '08:30',
      '08:30',
      '23:59',
      null,
      null,
    ]);
  });

  it('is said in words', () => {
    expect(schedules.map(scheduleWords)).toEqual([
      'At 17:00, Friday, not on a metered network',
      'Ready by 08:45, Monday to Friday, also on a low battery',
      'Cron 30 8 * * mon-fri',
      'At the first unlock or wake-up of the day, Monday, Tuesday, Sunday',
      'Ready by 08:45 and at the first unlock of the day, Monday to Friday',
    ]);
  });
});
