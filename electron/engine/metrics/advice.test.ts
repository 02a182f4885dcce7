import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { measured } from '../../../shared/domain/aggregate.ts';
import type { Call } from '../api.ts';
import { systemFiles } from '../platform/files.ts';
import { createLoadStack } from '../stacks/load-stack.ts';
import { openDatabase } from '../storage/database.ts';
import { createAdvice } from './advice.ts';
import { createMetricStore, type MetricStore } from './metric-store.ts';
import { metricNumber } from './recorder.ts';

const hour = 3_600_000;
const mb = 2 ** 20;
const now = Date.UTC(2026, 1, 11, 8);
const call: Call = { actor: { door: 'window', user: 'test' }, signal: new AbortController().signal };

let folder = '';
let store: MetricStore;
let outOfMemory: number | null = null;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'advice-'));
  store = createMetricStore(openDatabase(':memory:'));
  outOfMemory = null;
  answering = [];
  asked = [];
  clock = 0;
  answerMs = 0;
});
afterEach(() => rm(folder, { recursive: true }));

/** A week of a service that peaked at so much. */
function week(service: string, memoryBytes: number, cores = 0.1, hours = 7 * 24): void {
  const { id } = store.series({ environmentId: 'shop/main', service }, 'development');
  store.writeRolled(
    hour,
    Array.from({ length: hours }, (_, index) => ({
      at: now - (index + 1) * hour,
      series: id,
      bucket: new Map([
        [metricNumber('memory_bytes'), measured(index === 5 ? memoryBytes : memoryBytes / 2)],
        [metricNumber('cpu_percent'), measured(cores * 100)],
      ]),
    })),
  );
  store.setRolledUntil(hour, now);
}

let answering: readonly string[] = [];
let asked: string[] = [];
/** Passes with each question. */
let clock = 0;
let answerMs = 0;

async function adviceOn(text: string, more: Record<string, string> = {}) {
  await writeFile(join(folder, 'compose.yaml'), text, { mode: 0o640 });
  for (const [name, content] of Object.entries(more)) await writeFile(join(folder, name), content);
  const source = { folder, loading: {} };
  const load = createLoadStack({ files: systemFiles, environment: {} });
  return createAdvice({
    store,
    now: () => now + clock,
    files: systemFiles,
    loadStackWith: (files) => createLoadStack({ files, environment: {} }),
    cacheFolder: join(folder, 'cache'),
    load: (_id, signal) => load(source, signal),
    sourceOf: () => source,
    containers: () => [],
    outOfMemoryAt: () => outOfMemory,
    isProbed: () => true,
    portOnly: (_id, service) =>
      service.startsWith('web') ? { port: 8080, life: 'one', declared: { failures: 5 } } : undefined,
    async tryProbe(_id, _service, { http }) {
      const path = http?.path ?? '/';
      asked.push(path);
      clock += answerMs;
      const ok = http?.status?.includes('100-599') === true ? answering.length > 0 : answering.includes(path);
      return { at: now, ok, latencyMs: 1, detail: null };
    },
  });
}

const read = (name = 'compose.yaml'): Promise<string> => readFile(join(folder, name), 'utf8');
const environmentId = 'shop/main';

describe('advice on limits', () => {
  it('changes one line of the file, and keeps the rest', async () => {
    week('timescaledb', 640 * mb);
    const text = `services:
  timescaledb: # the one with the data
    image: "timescale/timescaledb"
    deploy:
      resources:
        limits:
          memory: 2G # to be on the safe side
`;
    const api = await adviceOn(text);
    const [advice, ...others] = await api.advice({ environmentId }, call);
    expect(others).toEqual([]);
    expect(advice).toMatchObject({
      kind: 'memory-limit',
      message: 'timescaledb has 2 GB and peaked at 640 MB in 7 days.',
      proposal: 'Set its memory limit to 960 MB.',
      position: { file: join(folder, 'compose.yaml'), line: 7 },
    });
    expect(advice?.diff).toContain(
      '-          memory: 2G # to be on the safe side\n+          memory: 960M # to be on the safe side',
    );
    const applied = await api.applyAdvice({ environmentId, adviceId: advice?.id ?? '' }, call);
    expect(applied.summary).toBe('timescaledb: memory limit 960 MB, from its next start on.');
    expect(await read()).toBe(text.replace('memory: 2G', 'memory: 960M'));
    expect((await stat(join(folder, 'compose.yaml'))).mode & 0o777).toBe(0o640);
    expect(await api.advice({ environmentId }, call)).toEqual([]);
  });

  it.each([
    ['mem_limit where that is used', 'services:\n  db:\n    image: x\n    mem_limit: 4g\n', 'mem_limit: 960M'],
    ['beside the old way for CPUs', 'services:\n  db:\n    image: x\n    cpus: 0.15\n', 'mem_limit: 960M'],
    [
      'where there is none',
      'services:\n  db:\n    image: x\n',
      'deploy:\n      resources:\n        limits:\n          memory: 960M',
    ],
    [
      'into limits that are there',
      "services:\n  db:\n    image: x\n    deploy:\n      resources:\n        limits:\n          cpus: '0.15'\n",
      "cpus: '0.15'\n          memory: 960M",
    ],
  ])('is written %s', async (_name, text, expected) => {
    week('db', 640 * mb);
    const api = await adviceOn(text);
    const advice = await api.advice({ environmentId }, call);
    expect(advice).toHaveLength(1);
    await api.applyAdvice({ environmentId, adviceId: advice[0]?.id ?? '' }, call);
    expect(await read()).toContain(expected);
  });

  it('fits CPUs too', async () => {
    week('db', 40 * mb);
    const api = await adviceOn('services:\n  db:\n    image: x\n    mem_limit: 64m\n    cpus: 4\n');
    const [advice] = await api.advice({ environmentId }, call);
    await api.applyAdvice({ environmentId, adviceId: advice?.id ?? '' }, call);
    expect(await read()).toContain('    cpus: 0.25\n');
  });

  it('is refused when the file changed since', async () => {
    week('db', 640 * mb);
    const text = 'services:\n  db:\n    image: x\n    mem_limit: 4g\n';
    const api = await adviceOn(text);
    const [advice] = await api.advice({ environmentId }, call);
    await writeFile(join(folder, 'compose.yaml'), `# mine\n${text}`);
    await expect(api.applyAdvice({ environmentId, adviceId: advice?.id ?? '' }, call)).rejects.toMatchObject({
      code: 'plan.stale',
    });
    expect(await read()).toBe(`# mine\n${text}`);
  });

  it.each([
    ['a variable', 'services:\n  db:\n    image: x\n    mem_limit: ${MEMORY:-4g}\n', {}],
    [
      'an anchor that others share',
      'x-all: &all\n  mem_limit: 4g\nservices:\n  db:\n    <<: *all\n    image: x\n  api:\n    <<: *all\n    image: y\n',
      {},
    ],
    [
      'a limit that another service copies',
      'services:\n  db: &db\n    image: x\n    mem_limit: 4g\n  api:\n    <<: *db\n    image: y\n',
      {},
    ],
    [
      'a file outside the project',
      'include:\n  - ../elsewhere/compose.yaml\nservices: {}\n',
      { '../elsewhere/compose.yaml': 'services:\n  db:\n    image: x\n    mem_limit: 4g\n' },
    ],
  ])('leaves %s to people', async (_name, text, more) => {
    const parent = folder;
    folder = join(parent, 'project');
    await mkdir(folder);
    await mkdir(join(parent, 'elsewhere'));
    week('db', 640 * mb);
    const api = await adviceOn(text, more as Record<string, string>);
    const advice = (await api.advice({ environmentId }, call)).filter(({ service }) => service === 'db');
    const byHand = advice.filter(({ diff }) => diff === null);
    // Beside the anchor the service may get a line of its own; the shared one is not touched.
    for (const each of advice) if (each.diff !== null) expect(each.diff).not.toMatch(/^-/m);
    for (const each of byHand) {
      await expect(api.applyAdvice({ environmentId, adviceId: each.id }, call)).rejects.toMatchObject({
        code: 'input.invalid',
        remedy: 'Do it by hand: Set its memory limit to 960 MB.',
      });
    }
    expect(await read()).toBe(text);
    folder = parent;
  });

  it('never goes below what was too little once', async () => {
    week('db', 200 * mb);
    outOfMemory = 1024 * mb;
    const api = await adviceOn('services:\n  db:\n    image: x\n    mem_limit: 8g\n');
    const [advice] = await api.advice({ environmentId }, call);
    expect(advice?.proposal).toBe('Set its memory limit to 1.5 GB.');
  });

  it('is none before a day was measured', async () => {
    week('db', 640 * mb, 0.1, 20);
    const api = await adviceOn('services:\n  db:\n    image: x\n    mem_limit: 4g\n');
    expect(await api.advice({ environmentId }, call)).toEqual([]);
  });
});

describe('advice on checks', () => {
  const text = 'services:\n  web:\n    image: x\n';

  it('proposes what answers, and writes it with one click', async () => {
    answering = ['/', '/healthz'];
    const api = await adviceOn(text, { 'golden.yml': 'version: 1\n# ours\nhealth:\n  defaults: { interval: 5s }\n' });
    const [advice, ...others] = await api.advice({ environmentId }, call);
    expect(others).toEqual([]);
    expect(advice).toMatchObject({
      kind: 'probe',
      message: 'web has no health check: only its open port 8080 is looked at. It answers HTTP at /healthz.',
      proposal: 'Check GET /healthz instead.',
      file: join(folder, 'golden.yml'),
    });
    const applied = await api.applyAdvice({ environmentId, adviceId: advice?.id ?? '' }, call);
    expect(applied.summary).toBe('web: GET /healthz on port 8080 as its check, from now on.');
    const written = await read('golden.yml');
    expect(written).toContain('# ours');
    expect(written).toMatch(/web:\n {6}probe:\n {8}http:\n {10}port: 8080\n {10}path: \/healthz\n {6}failures: 5/);
  });

  it('makes the file where there is none, and is stale when somebody else made it since', async () => {
    answering = ['/'];
    const api = await adviceOn(text);
    const [advice] = await api.advice({ environmentId }, call);
    expect(advice?.message).toContain('It answers HTTP at /.');
    await api.applyAdvice({ environmentId, adviceId: advice?.id ?? '' }, call);
    expect(await read('golden.yml')).toMatch(/^version: 1\n/);
    await expect(api.applyAdvice({ environmentId, adviceId: advice?.id ?? '' }, call)).rejects.toMatchObject({
      code: 'plan.stale',
    });
  });

  it('takes no page that a server shows for every path as an answer about its health', async () => {
    answering = ['/', '/health', '/.golden-hour-asks-for-nothing'];
    const [advice] = await (await adviceOn(text)).advice({ environmentId }, call);
    expect(advice?.proposal).toBe('Check GET / instead.');
  });

  it('asks once, and no more where nothing speaks HTTP', async () => {
    const api = await adviceOn(text);
    expect(await api.advice({ environmentId }, call)).toEqual([]);
    expect(await api.advice({ environmentId }, call)).toEqual([]);
    expect(asked).toEqual(['/']);
  });

  it('asks those it had no time for the next time', async () => {
    answerMs = 2_000;
    const services = [1, 2, 3].map((number) => `  web${number}:\n    image: x\n`);
    const api = await adviceOn(`services:\n${services.join('')}`);
    await api.advice({ environmentId }, call);
    expect(asked).toHaveLength(2);
    await api.advice({ environmentId }, call);
    expect(asked).toHaveLength(3);
  });
});
