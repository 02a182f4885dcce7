import { join } from 'node:path';
import type { Clock } from '../../platform/clock.ts';
import type { Files } from '../../platform/files.ts';
import { newToken } from '../../platform/random.ts';
import type { Checkout } from '../compose/remote.ts';
import type { GitReference } from '../compose/remote-reference.ts';
import { fetchFailed, type Git, saidBy } from './git-command.ts';

export interface CheckoutDeps {
  readonly git: Git;
  readonly files: Files;
  readonly clock: Clock;
  readonly cacheFolder: string;
}

const fetchTimeoutMs = 5 * 60_000;
const quickMs = 60_000;
const maxMiB = 512;
const maxBytes = maxMiB * 1024 * 1024;
const maxFiles = 50_000;

/**
 * The folder of one commit (or annotated tag), fetched if it is not there. It is made beside and renamed, so that it is
 * there whole or not at all. Throws `compose.fetch-failed`.
 */
export async function checkOut(
  deps: CheckoutDeps,
  { remote, source }: GitReference,
  object: string,
  signal: AbortSignal,
): Promise<Checkout> {
  const root = join(deps.cacheFolder, object);
  if ((await deps.files.info(root)) !== undefined) return { root, commit: await commitOf(deps, root, source, signal) };
  await deps.files.makeFolder(deps.cacheFolder, { mode: 0o700 });
  const beside = join(deps.cacheFolder, `.golden-hour-${newToken().slice(0, 16)}`);
  try {
    await git(deps, ['init', '--quiet', '--template=', '--', beside], { signal, own: false }, source);
    await fetchInto(deps, beside, remote, object, source, signal);
    await checkSize(deps, beside, source, signal);
    await git(
      deps,
      ['checkout', '--quiet', '--force', '--detach', 'FETCH_HEAD'],
      { signal, own: false, folder: beside },
      source,
    );
    const commit = await commitOf(deps, beside, source, signal);
    // Another process may have been quicker; what it made is the same.
    await deps.files.move(beside, root).catch(async (error: unknown) => {
      if ((await deps.files.info(root)) === undefined) throw error;
    });
    return { root, commit };
  } finally {
    await deps.files.remove(beside).catch(() => undefined);
  }
}

interface Call {
  readonly signal: AbortSignal;
  readonly own: boolean;
  readonly folder?: string;
  readonly timeoutMs?: number;
  readonly maxBytes?: number;
}

async function git(deps: CheckoutDeps, args: readonly string[], call: Call, source: string): Promise<string> {
  const done = await deps.git.run(args, { timeoutMs: quickMs, ...call });
  if (done.exitCode === 0 && !done.truncated) return done.stdout;
  const reason = done.truncated ? 'it is too large' : saidBy(done);
  throw fetchFailed(source, reason, 'Check that git can fetch it, and that its files are not too many.');
}

async function commitOf(deps: CheckoutDeps, root: string, source: string, signal: AbortSignal): Promise<string> {
  // Of the folder itself: a folder that is no repository must not lead to one around it.
  const found = await deps.git.run(['--git-dir', join(root, '.git'), 'rev-parse', '--verify', 'HEAD^{commit}'], {
    signal,
    own: false,
    timeoutMs: quickMs,
    folder: root,
  });
  const commit = found.stdout.trim();
  if (found.exitCode === 0 && /^[a-f0-9]{40}$/.test(commit)) return commit;
  throw fetchFailed(source, `what ${root} holds is incomplete`, 'Remove that folder; it is fetched again.');
}

/** Git has no limit for what it fetches, so what arrives is watched. */
async function fetchInto(
  deps: CheckoutDeps,
  folder: string,
  remote: string,
  object: string,
  source: string,
  signal: AbortSignal,
): Promise<void> {
  const done = new AbortController();
  const tooMuch = new AbortController();
  const packs = join(folder, '.git', 'objects', 'pack');
  const watch = async (): Promise<void> => {
    while (!done.signal.aborted) {
      await deps.clock.sleep(250, done.signal);
      let bytes = 0;
      for (const { name } of await deps.files.list(packs).catch(() => [])) {
        bytes += (await deps.files.info(join(packs, name)).catch(() => undefined))?.bytes ?? 0;
      }
      if (bytes > maxBytes) tooMuch.abort(tooLarge(source));
    }
  };
  const watching = watch().catch(() => undefined);
  try {
    const args = ['fetch', '--quiet', '--depth=1', '--no-tags', '--no-recurse-submodules', '--', remote, object];
    const either = AbortSignal.any([signal, tooMuch.signal]);
    await git(deps, args, { signal: either, own: true, folder, timeoutMs: fetchTimeoutMs }, source);
  } finally {
    done.abort();
    await watching;
  }
}

/** A small pack can unfold to very much. */
async function checkSize(deps: CheckoutDeps, folder: string, source: string, signal: AbortSignal): Promise<void> {
  const call = { signal, own: false, folder, maxBytes: 16 * 1024 * 1024 };
  const listed = await git(deps, ['ls-tree', '-r', '-l', '-z', '--full-tree', 'FETCH_HEAD'], call, source);
  let bytes = 0;
  let count = 0;
  for (const entry of listed.split('\0')) {
    const size = Number(/^\d+ blob \w+ +(\d+)\t/.exec(entry)?.[1] ?? 0);
    bytes += size;
    count += 1;
  }
  if (bytes > maxBytes) throw tooLarge(source);
  if (count > maxFiles) {
    throw fetchFailed(
      source,
      `it has more than ${maxFiles} files`,
      'Put the Compose files into a repository of their own.',
    );
  }
}

function tooLarge(source: string): Error {
  return fetchFailed(source, `it has more than ${maxMiB} MB`, 'Put the Compose files into a repository of their own.');
}
