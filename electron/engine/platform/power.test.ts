import { describe, expect, it } from 'vitest';
import { parseCpuTimes } from './host.ts';
import { parsePmset, powerOf, type Supply } from './power.ts';

const battery = (status: string, capacity: string, scope = ''): Supply => ({
  type: 'Battery',
  scope,
  status,
  capacity,
});
const mains: Supply = { type: 'Mains', scope: '', status: '', capacity: '' };

describe('power on Linux', () => {
  it.each([
    ['a machine without a battery', [mains], '', 'mains', null],
    ['plugged in', [mains, battery('Charging', '55')], 'low-power', 'mains', 0.55],
    ['full and plugged in', [mains, battery('Not charging', '100')], '', 'mains', 1],
    ['on battery', [mains, battery('Discharging', '55')], 'balanced', 'battery', 0.55],
    ['saving power', [battery('Discharging', '55')], 'low-power', 'saver', 0.55],
    ['nearly empty', [battery('Discharging', '12')], '', 'saver', 0.12],
    ['two batteries', [battery('Discharging', '20'), battery('Unknown', '80')], '', 'battery', 0.5],
    ['only a mouse', [battery('Discharging', '5', 'Device')], '', 'mains', null],
  ] as const)('%s', (_name, supplies, profile, source, batteryRatio) => {
    expect(powerOf(supplies, profile)).toEqual({ source, batteryRatio });
  });
});

describe('power on macOS', () => {
  const line = (charge: number): string => ` -InternalBattery-0 (id=4522083)\t${charge}%; discharging; 4:01 remaining`;
  it.each([
    [`Now drawing from 'Battery Power'\n${line(83)}`, 'battery', 0.83],
    [`Now drawing from 'Battery Power'\n${line(9)}`, 'saver', 0.09],
    [`Now drawing from 'AC Power'\n${line(83)}`, 'mains', 0.83],
    ["Now drawing from 'AC Power'\n", 'mains', null],
  ])('%s', (text, source, batteryRatio) => {
    expect(parsePmset(text)).toEqual({ source, batteryRatio });
  });
});

describe('times of the processor', () => {
  it('leave guests out, which count as user already', () => {
    const text = 'cpu  100 0 50 800 50 0 0 0 70 0\ncpu0 1 2 3 4\n';
    expect(parseCpuTimes(text)).toEqual({ busy: 1500, total: 10_000 });
    expect(parseCpuTimes(undefined)).toBeUndefined();
    expect(parseCpuTimes('nothing')).toBeUndefined();
  });
});
