import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createWindowStateFile, readWindowState, usableBounds, type WindowState } from './window-state.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'window-state-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const state = (x: number): WindowState => ({
  bounds: { x, y: 2, width: 1000, height: 700 },
  maximized: false,
  theme: 'dark',
});

describe('window state file', () => {
  it('gives back what was saved last', async () => {
    const path = join(folder, 'new/window.json');
    const file = createWindowStateFile(path);
    await Promise.all([1, 2, 3, 4, 5].map((x) => file.save(state(x))));
    expect(readWindowState(path)).toEqual(state(5));
    expect(JSON.parse(await readFile(path, 'utf8'))).toEqual(state(5));
  });

  it.each(['', '{', 'null', '{"bounds":{"x":"1"}}', '{"bounds":null,"maximized":1,"theme":"dark"}'])(
    'ignores a file that says %j',
    async (text) => {
      const path = join(folder, 'window.json');
      await writeFile(path, text);
      expect(readWindowState(path)).toEqual({ bounds: null, maximized: false, theme: 'system' });
    },
  );
});

describe('usableBounds', () => {
  const screen = { x: 0, y: 0, width: 1600, height: 1200 };
  const bounds = (x: number, y: number) => ({ x, y, width: 1000, height: 700 });

  it.each([
    ['in the middle', bounds(100, 100), true],
    ['half out to the left', bounds(-500, 100), true],
    ['almost out to the right', bounds(1500, 100), false],
    ['above the screen', bounds(100, -300), false],
    ['below the screen', bounds(100, 1190), false],
    ['on a screen that is gone', bounds(5000, 100), false],
  ])('%s', (_name, place, usable) => {
    expect(usableBounds(place, [screen])).toEqual(usable ? place : undefined);
  });

  it('looks at every screen', () => {
    const second = { x: 1600, y: 0, width: 1600, height: 1200 };
    expect(usableBounds(bounds(2000, 50), [screen, second])).toEqual(bounds(2000, 50));
    expect(usableBounds(null, [screen])).toBeUndefined();
  });
});
