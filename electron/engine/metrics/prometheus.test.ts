import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseOpenMetrics } from '../../../test/support/open-metrics.ts';
import { openMetrics } from './prometheus.ts';
import { createTotals } from './totals.ts';

const serviceOf = (environment: string, service: string) => {
  const totals = createTotals((...key) => key.join('\n'));
  const figures = { cpu_percent: 50, memory_bytes: 1e9, pids: 7, restarts: 1, network_rx_bytes_per_second: 1.5 };
  totals.measured(environment, service, figures, 10_000);
  for (const latency of [3, 3, 40, 9000]) totals.probe(environment, service, true, latency);
  totals.probe(environment, service, false, null);
  const [one] = totals.all();
  return { ...one!, health: 'degraded' as const };
};

describe('the page of figures', () => {
  it('is OpenMetrics, by the letter', () => {
    const families = parseOpenMetrics(
      openMetrics({
        version: '1.2.3',
        services: [serviceOf('shop/main', 'db'), serviceOf('shop/main', 'api')],
        host: { host_cpu_percent: 25, host_disk_free_bytes: 1e12 },
      }),
    );
    const value = (family: string, service = 'db', suffix = '', labels = {}): number | undefined =>
      families
        .get(family)
        ?.samples.find(
          (each) =>
            each.name === family + suffix &&
            Object.entries({ service, environment: 'shop/main', ...labels }).every(
              ([key, own]) => each.labels[key] === own,
            ),
        )?.value;
    expect(value('goldenhour_service_cpu_seconds', 'db', '_total')).toBe(5);
    expect(value('goldenhour_service_network_receive_bytes', 'api', '_total')).toBe(15);
    expect(value('goldenhour_service_probes', 'db', '_total')).toBe(5);
    expect(value('goldenhour_service_probe_failures', 'db', '_total')).toBe(1);
    expect(value('goldenhour_service_memory_bytes')).toBe(1e9);
    expect(value('goldenhour_service_probe_duration_seconds', 'db', '_bucket', { le: '0.005' })).toBe(2);
    expect(value('goldenhour_service_probe_duration_seconds', 'db', '_bucket', { le: '+Inf' })).toBe(4);
    const state = (name: string) => value('goldenhour_service_health', 'db', '', { goldenhour_service_health: name });
    expect([state('degraded'), state('healthy')]).toEqual([1, 0]);
    expect(families.get('goldenhour_host_cpu_ratio')?.samples[0]?.value).toBe(0.25);
    expect(families.get('goldenhour_service_cpu_seconds')).toMatchObject({ type: 'counter', unit: 'seconds' });
    expect(families.has('goldenhour_host_battery_ratio')).toBe(false);
  });

  it('carries any name unharmed', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme' }),
        fc.constantFrom('db', 'a"b', 'a\\', 'a\nb', 'a\r\u2028b', 'a,b="c"}', '\\n'),
        (environment, service) => {
          const families = parseOpenMetrics(
            openMetrics({ version: '1', services: [serviceOf(environment, service)], host: {} }),
          );
          expect(families.get('goldenhour_service_memory_bytes')?.samples[0]?.labels).toEqual({ environment, service });
        },
      ),
    );
  });

  it('is a page too when there is nothing', () => {
    expect([...parseOpenMetrics(openMetrics({ version: '1', services: [], host: {} })).keys()]).toEqual([
      'goldenhour_build',
    ]);
  });

  it('would be refused with a fault in it', () => {
    const page = openMetrics({ version: '1', services: [serviceOf('a/b', 'c')], host: {} });
    for (const [from, to] of [
      ['# EOF\n', ''],
      ['cpu_seconds_total', 'cpu_seconds'],
      ['# UNIT goldenhour_service_cpu_seconds seconds', '# UNIT goldenhour_service_cpu_seconds minutes'],
      [',service="c"', ',service="c'],
      ['le="0.005"', 'le="0.0001"'],
      [' 5.0\n', ' five\n'],
    ] as const) {
      expect(page).toContain(from);
      expect(() => parseOpenMetrics(page.replace(from, to))).toThrow();
    }
  });
});
