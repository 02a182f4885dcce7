import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { anySignal, doEverything, open } from '../../../test/support/git-part.ts';
import { type GitPlayground, gitPlayground } from '../../../test/support/git-repositories.ts';
import { type Trap, type Trick, tricks } from '../../../test/support/hostile-git.ts';

let number = 0;
const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

/** Makes the trap anew and gives the file that tells that it went off. */
async function set(trick: Trick, work: (at: GitPlayground, trap: Trap) => Promise<void>): Promise<boolean> {
  const at = await gitPlayground();
  try {
    number += 1;
    const sign = join(at.path, `sign-${number}`);
    const fire = await at.script(join(at.path, 'fire'), `touch ${sign}`);
    const trap = await trick.make(at, fire, sign);
    try {
      expect(await exists(sign), 'making the trap set it off').toBe(false);
      await work(at, trap);
      return await exists(sign);
    } finally {
      await trap.close?.();
    }
  } finally {
    await at.remove();
  }
}

describe('a hostile repository', () => {
  it.each(tricks.map((trick) => [trick.name, trick] as const))('runs nothing: %s', async (_, trick) => {
    if (trick.unseen === undefined) {
      const fell = await set(trick, async (at, trap) => {
        const provoked: GitPlayground = { ...at };
        const environment = trap.environment;
        for (const args of trap.provoke) {
          if (environment === undefined) await provoked.tryGit(trap.provokeIn ?? trap.folder, ...args);
          else await plain(trap.folder, args, { ...at.environment, ...environment });
        }
      });
      expect(fell, 'plain git falls for it, else this tests nothing').toBe(true);
    }
    const fired = await set(trick, async (at, trap) => {
      await doEverything({ ...at.environment, ...trap.environment }, trap.folder);
    });
    expect(fired).toBe(false);
  });
});

describe('a repository that is none of these', () => {
  let at: GitPlayground;
  beforeAll(async () => {
    at = await gitPlayground();
  });
  afterAll(() => at.remove());

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

async function plain(folder: string, args: readonly string[], env: Record<string, string>): Promise<void> {
  const { spawn } = await import('node:child_process');
  await new Promise<void>((resolve) => {
    const child = spawn('git', [...args], { cwd: folder, env, stdio: 'ignore' });
    child.on('close', () => resolve());
    child.on('error', () => resolve());
  });
}
