import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readMetered } from '../../electron/engine/platform/metered.ts';
import { type PrivateBus, privateBus } from '../support/private-bus.ts';

/** A bus of our own with a NetworkManager on it that says what the test wants. */

const signal = new AbortController().signal;
const manager = { Metered: 0 };
let bus: PrivateBus;

beforeAll(async () => {
  bus = await privateBus();
});
afterAll(() => bus?.close());

it('asks NetworkManager whether the network costs by the byte', async () => {
  expect(await readMetered('linux', signal, bus.socket)).toBe(false);
  const peer = await bus.connect();
  peer.exportInterface(manager, '/org/freedesktop/NetworkManager', {
    name: 'org.freedesktop.NetworkManager',
    methods: {},
    signals: {},
    properties: { Metered: 'u' },
  });
  await new Promise<void>((resolve, reject) =>
    peer.requestName('org.freedesktop.NetworkManager', 0, (error) => (error == null ? resolve() : reject(error))),
  );
  for (const [value, expected] of [
    [0, false],
    [1, true],
    [2, false],
    [3, true],
    [4, false],
  ] as const) {
    manager.Metered = value;
    expect(await readMetered('linux', signal, bus.socket)).toBe(expected);
  }
});

it('takes it for not metered where nobody can be asked', async () => {
  manager.Metered = 1;
  expect(await readMetered('linux', signal, join(bus.folder, 'none'))).toBe(false);
  expect(await readMetered('darwin', signal, bus.socket)).toBe(false);
});
