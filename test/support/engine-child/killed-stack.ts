import { expect } from 'vitest';
import { fixtureImages } from '../docker.ts';
import { type ChildCall, childCall, type KillBed, killBed } from './kill-bed.ts';
import type { ChildResult } from './run.ts';

const composeFile = `
services:
  app:
    image: ${fixtureImages.tools}
    command: ["sleep", "infinity"]
    stop_signal: SIGKILL
    volumes: ["data:/data"]
  side:
    image: ${fixtureImages.tools}
    command: ["sleep", "infinity"]
    stop_signal: SIGKILL
    depends_on: [app]
volumes:
  data:
`;

type End = 'done' | 'failed' | 'cancelled';

export interface Killing {
  /** How many entries the call writes in a life of its own. */
  readonly entries: number;
  /** What to do in the life that is cut off, the call under test last. */
  readonly calls: () => Promise<readonly ChildCall[]> | readonly ChildCall[];
  /** What to ask in the life after it. */
  readonly ask?: readonly ChildCall[];
  readonly check: (state: End, at: string, answers: ChildResult['answers']) => Promise<void>;
}

/** Two services and a volume, known to an engine that is killed again and again. */
export interface KilledStack extends KillBed {
  readonly up: ChildCall;
  readonly down: ChildCall;
  /** Of all that lies in the volume. */
  checksum(): Promise<string>;
  /** Writes into the volume; what was there is gone. */
  write(text: string): Promise<string>;
  running(): Promise<{ up: number; paused: number; all: number }>;
  /** Cuts a life off at one entry after the other; the next life takes up what it left, and is asked how things are. */
  killEverywhere(killing: Killing): Promise<void>;
}

const kinds: Readonly<Record<string, string>> = {
  'environments.up': 'stack.up',
  'golden.capture': 'golden.capture',
  'golden.restore': 'golden.restore',
  'environments.remove': 'stack.remove',
};
const kindOf = (last: ChildCall | undefined): string | undefined => kinds[last?.procedure ?? ''];

/** Journal entries that a call writes when nothing goes wrong. */
export function entriesOf(result: ChildResult, index: number): number {
  return result.journal.filter((entry) => entry.call === index).length;
}

export async function killedStack(prefix: string): Promise<KilledStack> {
  const bed = await killBed({ prefix, composeFile });
  const { docker, environmentId, life, projectLabel } = bed;
  await bed.well(childCall('stacks.add', { folder: bed.folder }));

  async function inApp(command: string): Promise<string> {
    const [container] = await docker.listContainers({
      filters: JSON.stringify({ label: [projectLabel, 'com.docker.compose.service=app'] }),
    });
    if (container === undefined) throw new Error('app does not run');
    const exec = await docker
      .getContainer(container.Id)
      .exec({ Cmd: ['sh', '-c', command], AttachStdout: true, AttachStderr: true });
    const stream = await exec.start({});
    const chunks: Buffer[] = [];
    for await (const chunk of stream) chunks.push(chunk as Buffer);
    // Multiplexed frames: an 8-byte header before each piece.
    let text = '';
    let rest = Buffer.concat(chunks);
    while (rest.length >= 8) {
      const size = rest.readUInt32BE(4);
      text += rest.subarray(8, 8 + size).toString('utf8');
      rest = rest.subarray(8 + size);
    }
    return text.trim();
  }

  return {
    ...bed,
    up: childCall('environments.up', { environmentId }),
    down: childCall('environments.down', { environmentId }),
    checksum: () => inApp('cd /data && find . -type f -print0 | sort -z | xargs -0 sha256sum | sha256sum'),
    write: (text) =>
      inApp(
        `printf '%s' '${text}' > /data/words && head -c 300000 /dev/urandom > '/data/$(touch x) ; rm' && mkdir -p /data/sub && cp /data/words /data/sub/copy`,
      ),
    async running() {
      const all = await docker.listContainers({ all: true, filters: JSON.stringify({ label: [projectLabel] }) });
      return {
        up: all.filter((each) => each.State === 'running').length,
        paused: all.filter((each) => each.State === 'paused').length,
        all: all.length,
      };
    },
    async killEverywhere({ entries, calls, ask = [], check }) {
      expect(entries).toBeGreaterThan(3);
      for (let entry = 1; entry <= entries; entry += 1) {
        const list = await calls();
        const cut = await life(list, { call: list.length - 1, entry });
        const at = `entry ${entry}: ${cut.journal.at(-1)?.journal}`;
        expect(cut.killed, at).toBe(true);
        const next = await life(ask);
        const operation = next.operations.find((each) => each.kind === kindOf(list.at(-1)));
        expect(['done', 'failed', 'cancelled'], at).toContain(operation?.state);
        await check(operation?.state as End, at, next.answers);
      }
    },
  };
}
