import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type RunningApp, root } from './app.ts';

export const sizes = [
  { width: 1280, height: 800 },
  { width: 900, height: 600 },
] as const;
export const themes = ['light', 'dark'] as const;
export type Theme = (typeof themes)[number];

/** Where pictures go: beside the results, where the suite was told to write. */
export const screenshotFolder = join(process.env.GOLDENHOUR_TEST_OUTPUT ?? root, 'screenshots');

/** Sets the window's size and waits until the page has it. */
export async function setSize(running: RunningApp, size: { width: number; height: number }): Promise<void> {
  await running.app.evaluate(({ BrowserWindow }, wanted) => {
    const window = BrowserWindow.getAllWindows()[0];
    window?.unmaximize();
    window?.setContentSize(wanted.width, wanted.height);
  }, size);
  await running.page.waitForFunction(({ width, height }) => innerWidth === width && innerHeight === height, size);
}

/** The theme of the system, for a page whose setting is to follow it. */
export async function setTheme(running: RunningApp, theme: Theme): Promise<void> {
  await running.page.emulateMedia({ colorScheme: theme });
}

/** Runs `look` in both themes at both sizes, and takes a picture of each: `NAME-THEME-WIDTH.png`. */
export async function takeScreens(
  running: RunningApp,
  name: string,
  look: (theme: Theme, size: (typeof sizes)[number]) => Promise<void> = async () => undefined,
): Promise<void> {
  await mkdir(screenshotFolder, { recursive: true });
  // The usual size last: it stays.
  for (const size of sizes.toReversed()) {
    await setSize(running, size);
    for (const theme of themes) {
      await setTheme(running, theme);
      await look(theme, size);
      await running.page.screenshot({
        path: join(screenshotFolder, `${name}-${theme}-${size.width}.png`),
        animations: 'disabled',
        caret: 'hide',
      });
    }
  }
}
