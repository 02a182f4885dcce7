import { spawn } from 'node:child_process';
import { access, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { anySignal, doEverything, open } from '../../../test/support/git-part.ts';
import { type GitPlayground, gitPlayground } from '../../../test/support/git-repositories.ts';
import { type Trap, type Trick, tricks } from '../../../test/support/hostile-git/tricks.ts';

let number = 0;
const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

let at: GitPlayground;
beforeAll(async () => {
  at = await gitPlayground();
});
afterAll(() => at.remove());

/** Makes the trap anew, in a place of its own, and says whether it went off. */
async function set(trick: Trick, work: (trap: Trap) => Promise<void>): Promise<boolean> {
  number += 1;
  const place = join(at.path, `trap-${number}`);
  await mkdir(place);
  const sign = join(place, 'sign');
  const fire = await at.script(join(place, 'fire'), `touch ${sign}`);
  const trap = await trick.make({ ...at, path: place }, fire, sign);
  try {
    expect(await exists(sign), 'making the trap set it off').toBe(false);
    await work(trap);
    return await exists(sign);
  } finally {
    await trap.close?.();
  }
}

describe('a hostile repository', () => {
  it.each(tricks.map((trick) => [trick.name, trick] as const))('runs nothing: %s', async (_, trick) => {
    if (trick.unseen === undefined) {
      const fell = await set(trick, async ({ folder, provoke, environment }) => {
        for (const args of provoke) await plain(folder, args, { ...at.environment, ...environment });
      });
      expect(fell, 'plain git falls for it, else this tests nothing').toBe(true);
    }
    const fired = await set(trick, async (trap) => {
      await doEverything({ ...at.environment, ...trap.environment }, trap.folder);
    });
    expect(fired).toBe(false);
  });
});

describe('a repository that is none of these', () => {
  it('talks to nobody unless it is told by which protocol', async () => {
    const { mine, origin } = await at.cloned();
    const repository = await open(at.environment, mine);
    const call = { signal: anySignal, expects: { refused: /transport '\w+' not allowed/ } };
    const failure = async (url: string, protocols?: readonly string[]) =>
      (await repository.git(['ls-remote', url], { ...call, ...(protocols === undefined ? {} : { protocols }) }))
        .failure;
    await at.git(mine, 'config', 'protocol.ext.allow', 'always');
    await at.git(mine, 'config', 'protocol.file.allow', 'always');
    expect(await failure(origin)).toBe('refused');
    expect(await failure(origin, ['file'])).toBe(null);
    expect(await failure(`ext::git-upload-pack ${origin}`, ['file', 'https'])).toBe('refused');
    expect(await failure('https://127.0.0.1:1/x.git', ['file'])).toBe('refused');
  });

  it('lets everything be done', async () => {
    const { mine } = await at.cloned({ behind: true });
    await at.write(mine, { 'own.txt': 'changed\n', 'new.txt': 'new\n' });
    expect(await doEverything(at.environment, mine)).toEqual({});
  });
});

/** Git as anybody calls it, come what may. */
async function plain(folder: string, args: readonly string[], env: Record<string, string>): Promise<void> {
  await new Promise<void>((resolve) => {
    const child = spawn('git', [...args], {
      cwd: folder,
      env: { ...env, GIT_TERMINAL_PROMPT: '0' },
      stdio: 'ignore',
      timeout: 15_000,
    });
    child.on('close', () => resolve());
    child.on('error', () => resolve());
  });
}
