import { describe, expect, it } from 'vitest';
import { portAddress, publishedPorts } from './port-words.ts';
import { cpuWords, memoryTone } from './resource-words.ts';

const port = (hostIp: string | null, hostPort: number | null, protocol = 'tcp') => ({
  hostIp,
  hostPort,
  containerPort: 80,
  protocol,
});

describe('ports', () => {
  it('lists what can be reached, once', () => {
    const ports = [
      port('0.0.0.0', 8080),
      port('::', 8080),
      port(null, null),
      port('127.0.0.1', 8081),
      port('0.0.0.0', 8080, 'udp'),
    ];
    expect(publishedPorts(ports).map((one) => `${one.hostPort}/${one.protocol}`)).toEqual([
      '8080/tcp',
      '8081/tcp',
      '8080/udp',
    ]);
  });
  it('writes an address that a browser takes', () => {
    expect(portAddress(port('0.0.0.0', 8080))).toBe('localhost:8080');
    expect(portAddress(port('10.0.0.5', 8080))).toBe('10.0.0.5:8080');
    expect(portAddress(port('fd00::5', 8080))).toBe('[fd00::5]:8080');
  });
});

describe('resources', () => {
  it.each([
    [0, '0 %'],
    [0.04, '0 %'],
    [0.4, '0.4 %'],
    [9.96, '10 %'],
    [199.6, '200 %'],
  ])('%d is %j', (percent, words) => expect(cpuWords(percent)).toBe(words));

  it('warns near the limit, never without one', () => {
    const sample = { memoryBytes: 95 } as Parameters<typeof memoryTone>[0];
    expect(memoryTone(sample, 100)).toBe('degraded');
    expect(memoryTone(sample, 96)).toBe('down');
    expect(memoryTone(sample, 1000)).toBeNull();
    expect(memoryTone(sample, null)).toBeNull();
  });
});
