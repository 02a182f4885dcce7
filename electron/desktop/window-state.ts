import { readFileSync } from 'node:fs';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import { settingsSchema } from '../../shared/contract/settings.ts';

const windowStateSchema = z.object({
  /** Screen coordinates of the normal (not maximised) window, in device-independent pixels. */
  bounds: z
    .object({ x: z.number().int(), y: z.number().int(), width: z.number().int(), height: z.number().int() })
    .nullable(),
  maximized: z.boolean(),
  /** The last known setting, so that the window's first frame already has the right colour. */
  theme: settingsSchema.shape.theme,
});
export type WindowState = z.infer<typeof windowStateSchema>;

const initial: WindowState = { bounds: null, maximized: false, theme: 'system' };

/** Read once, before the window is made: an unreadable file only costs the window its place. */
export function readWindowState(file: string): WindowState {
  try {
    return windowStateSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return initial;
  }
}

/** Writes beside and renames, one write at a time, the newest state last. */
export function createWindowStateFile(file: string): { save(state: WindowState): Promise<void> } {
  let last: Promise<void> = Promise.resolve();
  const write = async (state: WindowState): Promise<void> => {
    try {
      await mkdir(dirname(file), { recursive: true });
      await writeFile(`${file}.new`, JSON.stringify(state), { mode: 0o600 });
      await rename(`${file}.new`, file);
    } catch (error) {
      console.error('desktop: the window state was not saved:', error);
    }
  };
  return {
    save(state) {
      last = last.then(() => write(state));
      return last;
    },
  };
}

export interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** The remembered bounds if enough of them is on a screen to grab, else undefined. */
export function usableBounds(bounds: Rectangle | null, screens: readonly Rectangle[]): Rectangle | undefined {
  if (bounds === null) return undefined;
  const reachable = screens.some((screen) => {
    const width = Math.min(bounds.x + bounds.width, screen.x + screen.width) - Math.max(bounds.x, screen.x);
    const top = bounds.y >= screen.y - 10 && bounds.y <= screen.y + screen.height - 40;
    return width >= 120 && top;
  });
  return reachable ? bounds : undefined;
}
