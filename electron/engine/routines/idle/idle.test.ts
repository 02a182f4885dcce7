import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EnvironmentView } from '../../../../shared/contract/environments.ts';
import type { Notice } from '../../../../shared/domain/alert-types.ts';
import { memoryFiles } from '../../../../test/support/memory-files.ts';
import type { EngineApi } from '../../api.ts';
import { createIdleWatch, type IdleDeps } from './idle.ts';
import { isEvening, judgeIdle } from './judge.ts';
import { lastTraffic } from './traffic.ts';
import { createUseBook } from './use-book.ts';

const minute = 60_000;
const hour = 60 * minute;
const rule = { after: '2h', from: '19:00' };
const timezone = 'Europe/Berlin';
const signal = new AbortController().signal;

describe('the idle rule', () => {
  it('is for the evening, until four in the morning', () => {
    const at = (time: string) => isEvening(Date.parse(`2026-11-20T${time}:00+01:00`), '19:00', timezone);
    expect(['18:59', '19:00', '23:59', '00:00', '03:59', '04:00'].map(at)).toEqual([
      false,
      true,
      true,
      true,
      true,
      false,
    ]);
  });

  it('asks once, again when it was used in between, and takes back what is no longer true', () => {
    const now = Date.parse('2026-11-20T21:00:00+01:00');
    const base = { now, rule, quiet: true, lastUse: now - 3 * hour, asked: null, timezone };
    expect(judgeIdle(base)).toBe('ask');
    expect(judgeIdle({ ...base, asked: base.lastUse })).toBe('nothing');
    expect(judgeIdle({ ...base, asked: now - 9 * hour })).toBe('ask');
    expect(judgeIdle({ ...base, lastUse: now - hour })).toBe('nothing');
    expect(judgeIdle({ ...base, lastUse: now - hour, asked: now - 3 * hour })).toBe('take-back');
    expect(judgeIdle({ ...base, quiet: false, asked: now - 3 * hour })).toBe('take-back');
    expect(judgeIdle({ ...base, now: now - 3 * hour, asked: now - 9 * hour })).toBe('take-back');
  });

  it('never asks about what was used within the time, whenever that is', () => {
    fc.assert(
      fc.property(fc.nat(48 * 60), fc.nat(119), fc.boolean(), (later, ago, quiet) => {
        const now = Date.parse('2026-03-28T00:00:00Z') + later * minute;
        expect(judgeIdle({ now, rule, quiet, lastUse: now - ago * minute, asked: null, timezone })).toBe('nothing');
      }),
    );
  });
});

describe('traffic', () => {
  const series = (values: readonly number[]) => ({
    points: values.map((average, index) => ({
      at: index * minute,
      average,
      min: 0,
      max: 0,
      p50: null,
      p95: null,
      p99: null,
    })),
  });

  it('counts above what is there by itself', () => {
    const quiet = Array.from({ length: 100 }, (_, index) => 2000 + (index % 7) * 100);
    expect(lastTraffic([series(quiet)], minute)).toBeNull();
    const used = quiet.with(40, 200_000).with(70, 5000);
    expect(lastTraffic([series(used)], minute)).toBe(41 * minute);
    expect(lastTraffic([series(used), series(quiet.with(80, 90_000))], minute)).toBe(81 * minute);
    expect(lastTraffic([series([1, 900_000])], minute)).toBeNull();
  });
});

describe('what counts as use', () => {
  it('is what people do, not what we do or what a page looks at', async () => {
    let at = 1000;
    const book = createUseBook(() => at);
    const done = async () => ({});
    const terminal = {
      list: async () => [{ id: 't2', environmentId: 'old/main' }],
      open: async () => ({ id: 't1', environmentId: 'shop/main' }),
      input: done,
    };
    const api = book.watched({
      environments: { up: done, get: done },
      terminal,
    } as unknown as EngineApi) as unknown as Record<
      string,
      Record<string, (input: unknown, call: unknown) => Promise<unknown>>
    >;
    const by = (door: string) => ({ actor: { door, user: 'me' }, signal });
    await api['environments']!['get']!({ environmentId: 'shop/main' }, by('window'));
    await api['environments']!['up']!({ environmentId: 'shop/main' }, by('engine'));
    expect(book.last('shop/main')).toBeNull();
    await api['environments']!['up']!({ environmentId: 'shop/main' }, by('cli'));
    expect(book.last('shop/main')).toBe(1000);
    at = 2000;
    await api['terminal']!['open']!({ environmentId: 'shop/main' }, by('window'));
    at = 3000;
    await api['terminal']!['input']!({ terminalId: 't1' }, by('window'));
    expect(book.last('shop/main')).toBe(3000);
    await api['terminal']!['list']!(undefined, by('window'));
    await api['terminal']!['input']!({ terminalId: 't2' }, by('window'));
    expect(book.last('old/main')).toBe(3000);
    book.forget('old/main');
    expect(book.last('old/main')).toBeNull();
  });
});

describe('asking about what nobody uses', () => {
  function bed() {
    let now = Date.parse('2026-11-20T16:00:00+01:00');
    const started = new Date(now - 6 * hour).toISOString();
    const said: Notice[] = [];
    const withdrawn: string[] = [];
    let used: number | null = now;
    const own = {
      said,
      withdrawn,
      state: 'running',
      busy: false,
      rule: rule as IdleDeps['ruleOf'] extends (id: string) => infer R ? R : never,
      move: (time: string) => (now = Date.parse(`2026-11-20T${time}:00+01:00`)),
      use: () => (used = now),
      idle: undefined as unknown as ReturnType<typeof createIdleWatch>,
    };
    own.idle = createIdleWatch({
      clock: { now: () => new Date(now), monotonic: () => now, sleep: () => new Promise(() => undefined) },
      files: memoryFiles({}),
      timezone,
      environments: () => [
        {
          id: 'shop/main',
          stackName: 'shop',
          folder: '/p',
          stale: false,
          services: [{ state: own.state, instances: [{ startedAt: started }] }],
        } as unknown as EnvironmentView,
      ],
      ruleOf: () => own.rule,
      uses: { last: () => used },
      busy: () => own.busy,
      api: () =>
        ({
          metrics: { query: async () => ({ bucketMs: minute, series: [] }) },
          git: { repositories: async () => [], impact: async () => ({ files: [] }) },
        }) as unknown as ReturnType<IdleDeps['api']>,
      say: (notice) => void said.push(notice),
      withdraw: (id) => void withdrawn.push(id),
    });
    return own;
  }

  it('asks with a button, once, and takes it back when somebody comes', async () => {
    const own = bed();
    for (const time of ['18:30', '19:05', '19:10', '20:00']) {
      own.move(time);
      await own.idle.look(signal);
    }
    expect(own.said).toHaveLength(1);
    expect(own.said[0]).toMatchObject({
      id: 'idle:shop/main',
      title: 'Nobody has used shop since 16:00. Stop it?',
      actions: ['stop', 'open'],
      reason: 'idle',
    });
    own.use();
    await own.idle.look(signal);
    expect(own.withdrawn).toEqual(['idle:shop/main']);
    own.move('22:30');
    await own.idle.look(signal);
    expect(own.said).toHaveLength(2);
  });

  it('does not ask about what is stopped, busy, or not to be asked about', async () => {
    const own = bed();
    own.move('21:00');
    own.busy = true;
    await own.idle.look(signal);
    own.busy = false;
    own.state = 'exited';
    await own.idle.look(signal);
    own.state = 'running';
    own.rule = undefined;
    await own.idle.look(signal);
    expect(own.said).toEqual([]);
  });
});
