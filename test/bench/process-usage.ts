import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';

/** Clock ticks in a second: the same on every Linux that Node runs on. */
const ticksPerSecond = 100;

async function cpuSeconds(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
}

export async function residentMb(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? Number.NaN) / 1024;
}

/** Per cent of one core that each process used over a time; all at once, so that they see the same machine. */
export async function cpuPercents(pids: readonly number[], overMs: number): Promise<number[]> {
  const begin = performance.now();
  const before = await Promise.all(pids.map(cpuSeconds));
  await delay(overMs);
  const after = await Promise.all(pids.map(cpuSeconds));
  const seconds = (performance.now() - begin) / 1000;
  return after.map((each, index) => ((each - (before[index] ?? each)) / seconds) * 100);
}

/** Processes of this name. */
export async function processesNamed(name: string): Promise<number[]> {
  const found: number[] = [];
  for (const entry of await readdir('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    const own = await readFile(`/proc/${entry}/comm`, 'utf8').catch(() => '');
    if (own.trim() === name) found.push(Number(entry));
  }
  return found;
}
