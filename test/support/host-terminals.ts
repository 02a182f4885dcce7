import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach } from 'vitest';
import type { Actor, Call } from '../../electron/engine/api.ts';
import { systemClock } from '../../electron/engine/platform/clock.ts';
import { systemFiles } from '../../electron/engine/platform/files.ts';
import { runProcess } from '../../electron/engine/platform/processes.ts';
import { type SpawnPty, spawnPty } from '../../electron/engine/platform/pty.ts';
import { createListSession } from '../../electron/engine/platform/session-processes.ts';
import { closeDatabase, openDatabase } from '../../electron/engine/storage/database.ts';
import { createFlows } from '../../electron/engine/streams/flow.ts';
import { createOpenOnHost } from '../../electron/engine/terminal/host-place.ts';
import { createTerminalMemory } from '../../electron/engine/terminal/memory.ts';
import { createTerminals } from '../../electron/engine/terminal/terminal.ts';
import type { TerminalBatch, TerminalView } from '../../shared/contract/streams.ts';
import { consumeFlow } from '../../shared/flow.ts';
import { type TemporaryFolder, temporaryFolder } from './temp.ts';
import { waitFor } from './wait.ts';

const stop = new AbortController();
export const call = (door: Actor['door'] = 'window'): Call => ({
  signal: stop.signal,
  actor: { door, user: 'tester' },
});
export const size = { columns: 100, rows: 30 };
const listSession = createListSession(process.platform, runProcess);

/** The folder around everything, and the stack's in it; new for each test. */
export let place: TemporaryFolder;
export let stack = '';
let lives: { close(): Promise<void> }[] = [];
beforeEach(async () => {
  place = await temporaryFolder('golden hour $(touch x) ');
  stack = join(place.path, 'shop');
  await mkdir(join(stack, 'api'), { recursive: true });
  // A shell without the developer's own start-up files.
  await writeFile(join(stack, 'shell'), '#!/bin/sh\nexec /bin/bash --noprofile --norc -i\n', { mode: 0o755 });
});
afterEach(async () => {
  for (const life of lives) await life.close();
  lives = [];
  await place.remove();
});

/** One life of an engine, as far as terminals go, on a database that the next one finds again. */
export function live(change: { spawn?: SpawnPty; base?: Record<string, string> } = {}) {
  const database = openDatabase(join(place.path, 'db'));
  const flows = createFlows();
  const terminals = createTerminals({
    current: () => {
      throw new Error('there are no containers here');
    },
    projectOf: async () => ({ projectName: 'shop', services: [] }),
    flows,
    clock: systemClock,
    memory: createTerminalMemory(database),
    openOnHost: createOpenOnHost({
      files: systemFiles,
      clock: systemClock,
      spawn: change.spawn ?? spawnPty,
      listSession,
      home: place.path,
      platform: process.platform,
      version: '0',
      environment: { PATH: process.env['PATH'] ?? '', HOME: place.path, PS1: '> ', ...change.base },
      loginShell: join(stack, 'shell'),
      stackOf: async () => ({
        folder: stack,
        projectName: 'shop',
        files: [join(stack, 'compose.yaml')],
        envFiles: [],
        repositories: [join(place.path, 'library')],
      }),
      engineInUse: () => null,
    }),
  });
  let closed = false;
  const life = {
    terminals,
    slice: terminals.terminal,
    flows,
    ack: { ack: async (streamId: string, count: number) => flows.ack(streamId, count) },
    async close() {
      if (closed) return;
      closed = true;
      await terminals.close(AbortSignal.timeout(5000));
      closeDatabase(database);
    },
  };
  lives.push(life);
  return life;
}
export type Life = ReturnType<typeof live>;

export const open = (life: Life, folder?: string): Promise<TerminalView> =>
  life.slice.openHost({ environmentId: 'shop/main', ...(folder === undefined ? {} : { folder }), ...size }, call());
export const type = (life: Life, terminalId: string, data: string) =>
  life.slice.input({ terminalId, data, end: false }, call());

export interface Reader {
  text: string;
  readonly batches: TerminalBatch[];
  readonly done: Promise<void>;
  leave(): Promise<void>;
}

export function read(life: Life, terminalId: string, ack = life.ack): Reader {
  const leaving = new AbortController();
  const to = { ...call(), signal: AbortSignal.any([stop.signal, leaving.signal]) };
  const reader = { text: '', batches: [] as TerminalBatch[] };
  const done = (async () => {
    for await (const batch of consumeFlow((flow) => life.slice.attach({ flow, terminalId }, to), ack)) {
      reader.text += batch.data;
      reader.batches.push(batch);
    }
  })();
  done.catch(() => undefined);
  return Object.assign(reader, {
    done,
    async leave() {
      leaving.abort(new Error('the view was closed'));
      await done.catch(() => undefined);
    },
  });
}

export const alive = async (pid: number): Promise<boolean> =>
  readFile(`/proc/${pid}/stat`, 'utf8').then(
    (text) => !/\) Z /.test(text),
    () => false,
  );
export const pidAfter = async (reader: Reader, word: string): Promise<number> =>
  Number(await waitFor(() => new RegExp(`${word}=(\\d+)\\r`).exec(reader.text)?.[1], { what: word }));
