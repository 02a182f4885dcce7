import { describe, expect, it } from 'vitest';
import type { Reason, RoutineRun, Verdict } from '../../../../shared/contract/routines.ts';
import { AppError } from '../../../../shared/errors.ts';
import { refusalNotice, verdictNotice } from './schedule-words.ts';

const reason = (kind: Reason['kind'], title: string, remedy: string | null = null): Reason => ({
  kind,
  step: null,
  title,
  detail: null,
  remedy,
  service: null,
});
const run = (verdict: Verdict | null, trigger: RoutineRun['trigger'] = 'schedule') =>
  ({
    id: 'r1',
    environmentId: 'shop/main',
    routine: 'morning',
    title: 'Morning startup',
    trigger,
    verdict,
  }) as RoutineRun;
const ready: Verdict = { kind: 'ready', sentence: 'Ready – 7 of 7 services healthy', reasons: [] };

describe('what is said of a run that started by itself', () => {
  it('is that it is ready, where somebody waits for it', () => {
    expect(verdictNotice(run(ready), { ready_by: '08:45' }, 'shop', 5)).toEqual({
      id: 'routine:shop/main:morning',
      environment: 'shop/main',
      service: null,
      at: 5,
      title: 'shop is ready',
      lines: ['Ready – 7 of 7 services healthy'],
      actions: ['open'],
      urgency: 'low',
      silent: true,
      reason: 'routine',
      place: { to: 'run', runId: 'r1', environmentId: 'shop/main' },
    });
    expect(verdictNotice(run(ready, 'late'), { at: '08:45' }, 'shop', 5)?.title).toBe('shop is ready');
    expect(verdictNotice(run(ready, 'unlock'), { on: ['unlock'] }, 'shop', 5)?.title).toBe('shop is ready');
    expect(verdictNotice(run(ready), { at: '17:30' }, 'shop', 5)).toBeNull();
  });

  it('is always what keeps it from being ready, with what to do', () => {
    const verdict: Verdict = {
      kind: 'not-ready',
      sentence: 'Not ready',
      reasons: [
        reason('remark', 'beside the point'),
        reason('blocker', 'db is down', 'Look at its log.'),
        ...['b', 'c', 'd'].map((title) => reason('blocker', title)),
      ],
    };
    expect(verdictNotice(run(verdict), { at: '17:30' }, 'shop', 5)).toMatchObject({
      title: 'Morning startup of shop: not ready',
      lines: ['db is down', 'b', 'c', 'and 1 more', 'Look at its log.'],
      silent: false,
    });
  });

  it('is what is remarkable, and nothing of what was cancelled', () => {
    const verdict: Verdict = {
      kind: 'remarks',
      sentence: 'Ready with remarks',
      reasons: [reason('remark', 'No network.')],
    };
    expect(verdictNotice(run(verdict), { at: '17:30' }, 'shop', 5)).toMatchObject({
      title: 'Morning startup of shop',
      lines: ['Ready with remarks', 'No network.'],
    });
    expect(verdictNotice(run({ ...verdict, kind: 'cancelled' }), { at: '17:30' }, 'shop', 5)).toBeNull();
    expect(verdictNotice(run(null), { at: '17:30' }, 'shop', 5)).toBeNull();
  });

  it('leads to what has to be agreed to, where nobody has', () => {
    const about = { environmentId: 'shop/main', routine: 'morning', title: 'Morning startup', stack: 'shop' };
    const untrusted = new AppError({ code: 'guard.untrusted', message: 'm', remedy: 'r' });
    expect(refusalNotice(about, untrusted, 5)).toMatchObject({
      title: 'Morning startup of shop did not start',
      place: { to: 'routine', environmentId: 'shop/main', routine: 'morning' },
    });
    const broken = new AppError({ code: 'golden-file.invalid', message: 'It is wrong.', remedy: 'Mend it.' });
    expect(refusalNotice(about, broken, 5).lines).toEqual(['It is wrong.', 'Mend it.']);
  });
});
