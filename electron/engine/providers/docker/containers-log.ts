import type { DockerClient } from './client.ts';

/** The last lines a container wrote, both streams, oldest first; nothing when they cannot be had. */
export async function lastLines(
  client: DockerClient,
  id: string,
  count: number,
  signal: AbortSignal,
): Promise<readonly string[]> {
  try {
    const output = await client.call(
      `read the log of container ${id.slice(0, 12)}`,
      { signal, timeoutMs: 5_000 },
      async (docker, abortSignal) =>
        docker.getContainer(id).logs({ stdout: true, stderr: true, tail: count, follow: false, abortSignal }),
    );
    return logText(output as unknown as Buffer)
      .split('\n')
      .map((line) => line.trimEnd())
      .filter((line) => line !== '')
      .slice(-count)
      .map((line) => line.slice(0, 2000));
  } catch (error) {
    if (signal.aborted) throw error;
    return [];
  }
}

/** Takes the eight-byte frame headers out; output of a container with a TTY has none. */
export function logText(raw: Buffer): string {
  const parts: Buffer[] = [];
  let at = 0;
  while (at + 8 <= raw.length) {
    const framed = (raw[at] ?? 9) <= 2 && raw[at + 1] === 0 && raw[at + 2] === 0 && raw[at + 3] === 0;
    if (!framed) return raw.toString('utf8');
    const length = raw.readUInt32BE(at + 4);
    parts.push(raw.subarray(at + 8, at + 8 + length));
    at += 8 + length;
  }
  return at === 0 ? raw.toString('utf8') : Buffer.concat(parts).toString('utf8');
}
