import { spawn } from 'node:child_process';

export interface VirtualDisplay {
  /** For `DISPLAY`. */
  readonly name: string;
  close(): void;
}

/** The display that is there, else an Xvfb of our own, 1600×1200. Linux. */
export async function openDisplay(): Promise<VirtualDisplay> {
  const present = process.env.DISPLAY;
  if (present !== undefined && present !== '') return { name: present, close: () => undefined };
  const child = spawn('Xvfb', ['-displayfd', '3', '-screen', '0', '1600x1200x24', '-nolisten', 'tcp'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  });
  const answer = child.stdio[3] as NodeJS.ReadableStream;
  const number = await new Promise<string>((resolve, reject) => {
    child.once('error', (cause) => reject(new Error('Xvfb cannot be started: install xvfb', { cause })));
    child.once('exit', (code) => reject(new Error(`Xvfb ended with ${code}`)));
    answer.once('data', (chunk: Buffer) => resolve(chunk.toString().trim()));
  });
  return { name: `:${number}`, close: () => void child.kill() };
}
