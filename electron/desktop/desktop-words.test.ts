import { inflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { environment, service } from '../../renderer/dev/sample-data.ts';
import { emptyWatch } from '../../renderer/dev/sample-watch.ts';
import { defaultSettings } from '../../shared/contract/settings.ts';
import type { AppState } from '../../shared/contract/streams.ts';
import type { Notice } from '../../shared/domain/alert-types.ts';
import { busSocket } from '../engine/session-bus.ts';
import { autostartEntry, autostartFile } from './autostart-entry.ts';
import { notifyBody } from './freedesktop-notices.ts';
import { drawShape, toneColours } from './icon-shapes.ts';
import { desktopNotice, effectOf } from './notice-words.ts';
import { encodePng } from './png.ts';
import { type TrayItem, trayModel } from './tray-model.ts';

const base = environment('shop/main', { services: ['db', 'api', 'web'].map((name) => service(name, 'healthy')) });
const state = (change: Partial<AppState> = {}): AppState => ({
  engines: [],
  environments: [base],
  discovered: [],
  operations: [],
  images: [],
  store: null,
  watch: emptyWatch,
  routineRuns: [],
  settings: defaultSettings,
  ...change,
});
const labels = (items: readonly TrayItem[]): string[] =>
  items.flatMap((item) =>
    item.kind === 'separator' ? [] : item.kind === 'menu' ? [item.label, ...labels(item.items)] : [item.label],
  );
const now = new Date('2025-02-03T11:00:00Z');

describe('the tray', () => {
  it('names what is wrong, counts the rest, and takes the shape of the worst', () => {
    const services = base.services.map((one, at) => ({ ...one, health: at === 0 ? 'down' : 'healthy' }) as const);
    const sick = { ...base, stale: false, state: 'running', health: 'down', services } as const;
    const well = { ...sick, id: 'other/main', health: 'healthy', services: services.slice(1) } as const;
    const model = trayModel(state({ environments: [well, sick] }), now);
    expect(model).toMatchObject({ tone: 'down', shape: 'square', wrong: 1 });
    expect(model.tooltip.split('\n')[1]).toBe(
      `${sick.id}: ${services.length - 1} of ${services.length} healthy – ${services[0]?.name} is down`,
    );
  });

  it('is not alarmed by what is only suspected', () => {
    const suspect = { ...base, stale: false, state: 'running', health: 'suspect' } as const;
    expect(trayModel(state({ environments: [suspect] }), now)).toMatchObject({ shape: 'disc', wrong: 0 });
  });

  it('knows nothing while the engine is away', () => {
    expect(trayModel(null, now)).toMatchObject({ shape: 'dashed', tone: 'idle', wrong: 0 });
  });

  it('offers to start what is stopped, to stop what runs, and neither while an operation is under way', () => {
    const stopped = { ...base, stale: false, state: 'stopped', health: 'stopped' } as const;
    const running = { ...stopped, state: 'running', health: 'healthy' } as const;
    expect(labels(trayModel(state({ environments: [stopped] }), now).items)).toContain('Start');
    const items = labels(trayModel(state({ environments: [running] }), now).items);
    expect(items).toContain('Stop');
    expect(items).not.toContain('Start');
    expect(items.at(-1)).toBe('Quit Golden Hour');
  });

  it('starts and ends the day, and while a routine runs leads to it instead', () => {
    expect(labels(trayModel(state(), now).items)).toEqual(expect.arrayContaining(['Start the day', 'End the day']));
    const step = (id: string, over: boolean) => ({
      id,
      title: id,
      state: over ? 'done' : 'asking',
      endedAt: over ? 'x' : null,
    });
    const run = (steps: unknown[]) =>
      ({ id: 'r', environmentId: base.id, title: 'Morning startup', state: 'running', steps }) as never;
    const running = state({ routineRuns: [run([step('a', true), { ...step('b', false), state: 'running' }])] });
    const items = labels(trayModel(running, now).items);
    expect(items).toContain('Morning startup: step 2 of 2');
    expect(items).not.toContain('End the day');
    const asking = state({ routineRuns: [run([step('Restore', false)])] });
    expect(labels(trayModel(asking, now).items)).toContain('Morning startup: Restore needs an answer');
  });

  it('says until when nobody watches, and how to watch again', () => {
    const watch = { ...emptyWatch, pausedUntil: { [base.id]: now.getTime() + 1000 } };
    const items = labels(trayModel(state({ watch }), now).items);
    expect(items).toContain('Watch again');
    expect(items).not.toContain('Pause watching for 1 hour');
    expect(labels(trayModel(state({ watch }), new Date(now.getTime() + 2000)).items)).toContain(
      'Pause watching for 1 hour',
    );
  });
});

describe('icons', () => {
  const luminance = (colour: readonly number[]): number => {
    const [r = 0, g = 0, b = 0] = colour.map((value) => {
      const part = value / 255;
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  it.each(Object.entries(toneColours))('in the colour of %s are seen on light and on dark panels', (_tone, colour) => {
    const own = luminance(colour);
    expect((luminance([255, 255, 255]) + 0.05) / (own + 0.05)).toBeGreaterThan(3);
    expect((own + 0.05) / (luminance([46, 46, 46]) + 0.05)).toBeGreaterThan(2.5);
  });

  it('differ by shape alone', () => {
    const shapes = ['disc', 'triangle', 'square', 'ring', 'dashed', 'half'] as const;
    const drawn = shapes.map((shape) => Buffer.from(drawShape(shape, 16, [0, 0, 0])).toString('hex'));
    expect(new Set(drawn).size).toBe(shapes.length);
  });

  it('are PNG files with these pixels', () => {
    const pixels = drawShape('square', 4, [1, 2, 3]);
    const png = encodePng(pixels, 4, 4);
    expect(png.subarray(1, 4).toString()).toBe('PNG');
    const length = png.readUInt32BE(33);
    const rows = inflateSync(png.subarray(41, 41 + length));
    expect([...rows.subarray(1, 17)]).toEqual([...pixels.subarray(0, 16)]);
  });
});

const notice: Notice = {
  id: 'shop/main#1',
  environment: 'shop/main',
  service: 'db',
  at: 0,
  title: 'db is down',
  lines: ['It exited with 3 <core dumped> & gone.', 'shop/main, since 11:10.'],
  actions: ['restart', 'logs', 'restore', 'snooze', 'open'],
  urgency: 'critical',
  silent: true,
  reason: 'incident',
};

describe('a notification over D-Bus', () => {
  const shown = desktopNotice(notice);
  it('escapes its text only where markup is understood', () => {
    expect(notifyBody(shown, 7, { actions: true, markup: true }, 'golden-hour')[4]).toBe(
      'It exited with 3 &lt;core dumped&gt; &amp; gone.\nshop/main, since 11:10.',
    );
    expect(notifyBody(shown, 7, { actions: true, markup: false }, 'golden-hour')[4]).toBe(notice.lines.join('\n'));
  });
  it('replaces, has buttons where the desktop has, and says how urgent and loud it is', () => {
    const [, replaces, , , , actions, hints] = notifyBody(shown, 7, { actions: true, markup: true }, 'golden-hour');
    expect(replaces).toBe(7);
    expect(actions).toEqual(expect.arrayContaining(['default', 'restart', 'Restart', 'restore', 'Restore…']));
    expect(hints).toEqual(
      expect.arrayContaining([
        ['urgency', ['y', 2]],
        ['suppress-sound', ['b', true]],
      ]),
    );
    expect(notifyBody(shown, 0, { actions: false, markup: true }, 'golden-hour')[5]).toEqual([]);
  });
  it('leads to where its buttons say', () => {
    expect(effectOf(notice, 'restart')).toEqual({ act: 'restart', place: null });
    expect(effectOf(notice, 'logs').place).toEqual({ to: 'logs', environmentId: 'shop/main', service: 'db' });
    expect(effectOf(notice, 'restore').place).toEqual({ to: 'golden', environmentId: 'shop/main' });
    expect(effectOf(notice, 'raise-limit')).toEqual({
      act: null,
      place: { to: 'limit', environmentId: 'shop/main', service: 'db' },
    });
    expect(effectOf(notice, null).place).toMatchObject({ to: 'notice', noticeId: notice.id });
    expect(effectOf({ ...notice, environment: null }, 'start-engine').place).toEqual({ to: 'engines' });
  });
});

describe('the session bus', () => {
  it.each([
    ['unix:path=/run/user/1000/bus', '/run/user/1000/bus'],
    ['unix:abstract=/tmp/dbus-a%20b,guid=00', '\0/tmp/dbus-a b'],
    ['tcp:host=localhost,port=1;unix:path=/x,guid=1', '/x'],
    ['tcp:host=localhost,port=1', null],
  ])('at %s is %j', (address, socket) => {
    expect(busSocket({ DBUS_SESSION_BUS_ADDRESS: address })).toBe(socket);
  });
  it('is looked for where systemd puts it, and nowhere else', () => {
    expect(busSocket({ XDG_RUNTIME_DIR: '/run/user/7' })).toBe('/run/user/7/bus');
    expect(busSocket({})).toBeNull();
  });
});

describe('start at login', () => {
  it('quotes the command as desktop entries want it', () => {
    const text = autostartEntry({ program: '/opt/Golden $Hour/50%/app', parameters: ['--hidden'] });
    expect(text).toContain('Exec="/opt/Golden \\\\$Hour/50%%/app" "--hidden"\n');
  });
  it('lies in the configuration folder, which must be absolute', () => {
    expect(autostartFile({ XDG_CONFIG_HOME: '/c' }, '/home/kim')).toBe('/c/autostart/golden-hour.desktop');
    expect(autostartFile({ XDG_CONFIG_HOME: 'c' }, '/home/kim')).toBe(
      '/home/kim/.config/autostart/golden-hour.desktop',
    );
  });
});
