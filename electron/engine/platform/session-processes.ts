import { readdir } from 'node:fs/promises';
import type { Clock } from './clock.ts';
import type { RunProcess } from './processes.ts';
import { type ReadSmall, readSmall } from './small-files.ts';

export interface SessionMember {
  readonly pid: number;
  /** Process group. */
  readonly group: number;
  readonly name: string;
}

/** Who belongs to the terminal of a session leader. What left the session on its own account is not among them. */
export type ListSession = (
  session: { readonly pid: number; readonly device: string | undefined },
  signal: AbortSignal,
) => Promise<readonly SessionMember[]>;

/** `123 (name with ) in it) S ppid pgrp session …` */
export function parseStat(text: string): (SessionMember & { readonly session: number; readonly state: string }) | null {
  const open = text.indexOf('(');
  const close = text.lastIndexOf(')');
  if (open < 0 || close < open) return null;
  const [state = '', , group, session] = text.slice(close + 2).split(' ');
  const pid = Number(text.slice(0, open));
  if (!Number.isInteger(pid) || Number.isNaN(Number(group)) || Number.isNaN(Number(session))) return null;
  return { pid, group: Number(group), session: Number(session), state, name: text.slice(open + 1, close) };
}

/** `ps -axo pid=,pgid=,stat=,tty=,comm=` */
export function parsePs(text: string, device: string): SessionMember[] {
  return text.split('\n').flatMap((line): SessionMember[] => {
    const match = /^\s*(\d+)\s+(\d+)\s+(\S+)\s+(\S+)\s+(.*)$/.exec(line);
    if (match === null || match[4] !== device || match[3]?.startsWith('Z') === true) return [];
    return [{ pid: Number(match[1]), group: Number(match[2]), name: (match[5] ?? '').split('/').at(-1)?.trim() ?? '' }];
  });
}

export function createListSession(
  platform: NodeJS.Platform,
  run: RunProcess,
  read: ReadSmall = readSmall,
): ListSession {
  if (platform === 'linux') {
    return async ({ pid }) => {
      const names = await readdir('/proc').catch(() => []);
      const found = await Promise.all(
        names
          .filter((name) => /^\d+$/.test(name))
          .map(async (name) => {
            const text = await read(`/proc/${name}/stat`, 1024);
            return text === undefined ? null : parseStat(text);
          }),
      );
      return found.filter((one) => one !== null && one.session === pid && one.state !== 'Z') as SessionMember[];
    };
  }
  if (platform === 'win32') return async () => [];
  return async ({ device }, signal) => {
    if (device === undefined) return [];
    const args = ['-axo', 'pid=,pgid=,stat=,tty=,comm='];
    const listed = await run('ps', args, { signal, timeoutMs: 5000, maxBytes: 4 * 1024 * 1024 });
    return parsePs(listed.stdout, device);
  };
}

/** HUP to everyone of the session, and KILL to whoever is still there after `graceMs`. Never rejects. */
export async function endSessionOf(
  session: { readonly pid: number; readonly device: string | undefined },
  deps: { readonly list: ListSession; readonly clock: Clock },
  signal: AbortSignal,
  graceMs = 1000,
): Promise<void> {
  const members = (): Promise<readonly SessionMember[]> => deps.list(session, signal).catch(() => []);
  const send = (list: readonly SessionMember[], name: NodeJS.Signals): void => {
    for (const group of new Set(list.map((one) => one.group))) {
      try {
        process.kill(-group, name);
      } catch {
        // Gone meanwhile.
      }
    }
  };
  let left = await members();
  send(left, 'SIGHUP');
  // What is stopped hears it only when it goes on.
  send(left, 'SIGCONT');
  const end = deps.clock.monotonic() + graceMs;
  while (left.length > 0 && deps.clock.monotonic() < end && !signal.aborted) {
    await deps.clock.sleep(25, signal).catch(() => undefined);
    left = await members();
  }
  // Looked up again at each turn, so a number that another process has by now is not among them.
  send(left, 'SIGKILL');
}
