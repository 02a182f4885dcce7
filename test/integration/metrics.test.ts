import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Call } from '../../electron/engine/api.ts';
import { createEngine, type Engine } from '../../electron/engine/engine.ts';
import { systemClock } from '../../electron/engine/platform/clock.ts';
import { createCounterSource, systemCounters } from '../../electron/engine/providers/docker/counter-source.ts';
import { inspectContainer } from '../../electron/engine/providers/docker/inspect.ts';
import type { MetricSeries } from '../../shared/contract/metrics.ts';
import type { MetricName } from '../../shared/domain/metrics.ts';
import { connectDocker, fixtureImages, removeProject, uniqueProjectName } from '../support/docker.ts';
import { parseOpenMetrics } from '../support/open-metrics.ts';
import { engineClient } from '../support/services.ts';
import { type TemporaryFolder, temporaryFolder } from '../support/temp.ts';
import { waitFor } from '../support/wait.ts';

/** What is measured of real containers that are busy, hold memory, write, complain and restart. */

const docker = connectDocker();
const call: Call = { actor: { door: 'window', user: 'test' }, signal: new AbortController().signal };
const project = uniqueProjectName('metrics');
const environmentId = `${project}/main`;
const mb = 2 ** 20;

const compose = `
name: ${project}
x-common: &common
  image: ${fixtureImages.tools}
  init: true
  stop_grace_period: 0s
services:
  busy:
    <<: *common
    command: [sh, -c, 'while :; do :; done']
    deploy: { resources: { limits: { cpus: '0.3' } } }
  holder:
    <<: *common
    mem_limit: 256m
    command: [sh, -c, 'x=$$(head -c 60000000 /dev/zero | tr "\\0" x); sleep inf']
  writer:
    <<: *common
    command: [sh, -c, 'while :; do head -c 4000000 /dev/zero > /file; sync /file; sleep 1; done']
  talker:
    <<: *common
    command: [sh, -c, 'while :; do echo "ERROR: no licence"; echo fine; sleep 1; done']
  web:
    image: ${fixtureImages.http}
    init: true
    stop_grace_period: 0s
`;

let home: TemporaryFolder;
let folder = '';
let engine: Engine;

const open = (): Promise<Engine> =>
  createEngine({
    dataFolder: join(home.path, 'data'),
    version: '0.0.0-test',
    home: homedir(),
    environment: { PATH: process.env['PATH'] ?? '' },
    storeNames: { volume: `${project}-store`, helper: `${project}-helper` },
  });

beforeAll(async () => {
  home = await temporaryFolder();
  folder = join(home.path, project);
  await mkdir(folder);
  await writeFile(join(folder, 'compose.yaml'), compose);
  engine = await open();
  await engine.api.engines.list(undefined, call);
  await engine.api.stacks.add({ folder }, call);
  const { operationId } = await engine.api.environments.up({ environmentId }, call);
  await waitFor(
    async () => {
      const { state, error } = await engine.api.operations.get({ operationId }, call);
      if (state === 'failed') throw new Error(error?.message);
      return state === 'done';
    },
    { what: 'the start', deadlineMs: 120_000 },
  );
});
afterAll(async () => {
  await engine?.close();
  await removeProject(docker, project);
  await home?.remove();
});

async function series(metric: MetricName, service: string | null): Promise<MetricSeries | undefined> {
  const now = Date.now();
  const { series: found } = await engine.api.metrics.query(
    {
      environmentId: service === null ? null : environmentId,
      metrics: [metric],
      from: now - 1_800_000,
      to: now + 60_000,
      points: 300,
    },
    call,
  );
  return found.find((each) => each.service === service);
}

/** The last figure that satisfies. */
const seen = (metric: MetricName, service: string | null, fits: (value: number) => boolean) =>
  waitFor(async () => (await series(metric, service))?.points.map(({ average }) => average).findLast(fits), {
    what: `${metric} of ${service}`,
    deadlineMs: 120_000,
    intervalMs: 500,
  });

describe('figures of real containers', () => {
  // Together: most of it is waiting for the next look.
  it.concurrent('are what the containers do', async () => {
    await Promise.all([
      // Others are at work on this machine: it may get less, never more.
      seen('cpu_percent', 'busy', (value) => value > 3 && value < 60),
      seen('memory_bytes', 'holder', (value) => value > 55e6 && value < 200e6),
      seen('memory_limit_ratio', 'holder', (value) => value > 55e6 / (256 * mb) && value < 0.8),
      seen('block_write_bytes_per_second', 'writer', (value) => value > 100_000),
      seen('log_errors_per_minute', 'talker', (value) => value > 10 && value <= 75),
      seen('probe_latency_ms', 'web', (value) => value > 0),
      seen('pids', 'busy', (value) => value >= 1),
      seen('uptime_ratio', 'web', (value) => value > 0.9),
      seen('host_cpu_percent', null, (value) => value > 0 && value <= 100),
      seen('host_memory_used_ratio', null, (value) => value > 0 && value < 1),
      seen('host_disk_free_bytes', null, (value) => value > 0),
    ]);
    expect((await series('memory_limit_ratio', 'busy'))?.points).toEqual([]);
    expect((await series('probe_latency_ms', 'web'))?.points[0]?.p95).toBeGreaterThan(0);
    expect((await series('network_rx_bytes_per_second', 'web'))?.points.some(({ max }) => max > 0)).toBe(true);
  });

  it.concurrent('count a restart', async () => {
    await seen('pids', 'web', (value) => value >= 1);
    await docker.getContainer(`${project}-web-1`).restart({ t: 0 });
    await seen('restarts', 'web', (value) => value >= 1);
  });

  it('are the same from the kernel as from the engine', async () => {
    const client = engineClient();
    const container = await inspectContainer(
      client,
      (await docker.getContainer(`${project}-holder-1`).inspect()).Id,
      call.signal,
    );
    const kernel = systemCounters(systemClock);
    const asked = createCounterSource(null);
    const read = async (source: typeof kernel) =>
      (await source.read(client, [container!], call.signal)).get(container!.id)!;
    const [one, other] = [await read(kernel), await read(asked)];
    client.close();
    expect(asked.originOf(container!.id)).toBe('engine');
    expect(Math.abs(one.memoryBytes - other.memoryBytes)).toBeLessThan(4 * mb);
    expect(Math.abs(one.at - other.at)).toBeLessThan(10_000);
    expect(other.cpuNanoseconds).toBeGreaterThanOrEqual(one.cpuNanoseconds * 0.99);
    expect(one.pids).toBe(other.pids);
    expect(one.networkRxBytes).toBeLessThanOrEqual(other.networkRxBytes);
  });

  it('are shown to Prometheus when that is wanted', async () => {
    expect(engine.metricsPage()).toBeNull();
    await engine.api.settings.set({ metricsPage: true }, call);
    const families = parseOpenMetrics(engine.metricsPage()?.text ?? '');
    const cpu = families
      .get('goldenhour_service_cpu_seconds')
      ?.samples.find((each) => each.labels['service'] === 'busy');
    expect(cpu).toMatchObject({ labels: { environment: environmentId, service: 'busy' } });
    expect(cpu?.value).toBeGreaterThan(0.1);
  });

  it('are there in the next life, and can be taken along', async () => {
    const before = (await series('memory_bytes', 'holder'))?.points ?? [];
    await engine.close();
    engine = await open();
    const after = (await series('memory_bytes', 'holder'))?.points ?? [];
    expect(after.length).toBeGreaterThanOrEqual(before.length);
    expect(after[0]).toEqual(before[0]);
    const range = { environmentId, metrics: ['memory_bytes' as const], from: Date.now() - 1_800_000, to: Date.now() };
    const csv = await engine.api.metrics.export({ ...range, format: 'csv' }, call);
    expect(csv.text.split('\r\n')[0]).toBe('time,service,metric,average,min,max,p50,p95,p99');
    expect(csv.text).toContain(',holder,memory_bytes,');
    const json = await engine.api.metrics.export({ ...range, format: 'json' }, call);
    expect(JSON.parse(json.text)).toMatchObject({
      series: expect.arrayContaining([expect.objectContaining({ service: 'holder' })]),
    });
  });

  it('propose nothing before a day was measured, and leave the file alone', async () => {
    const advice = await engine.api.metrics.advice({ environmentId }, call);
    expect(advice.filter(({ kind }) => kind !== 'missing-healthcheck')).toEqual([]);
    expect(await readFile(join(folder, 'compose.yaml'), 'utf8')).toBe(compose);
  });
});
