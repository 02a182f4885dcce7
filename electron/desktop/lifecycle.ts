import { app } from 'electron';
import { askHowToClose } from './closing.ts';
import type { EngineHost } from './engine-host.ts';
import { prepareExit } from './exit.ts';
import { restartDelay } from './restart-delay.ts';
import type { MainWindow } from './window.ts';

export interface Lifecycle {
  /** Brings the window to the front, from wherever it is. */
  show(): void;
}

const backgroundCheckMs = 1000;

/** How the window and the app end: at once when nothing is under way, else as the user says. */
export function createLifecycle({ main, engine }: { main: MainWindow; engine: EngineHost }): Lifecycle {
  const { window } = main;
  let asking = false;
  let ending = false;
  let ended = false;

  async function end(): Promise<void> {
    if (ending) return;
    ending = true;
    const exit = prepareExit();
    if (!window.isDestroyed()) {
      const saved = main.saveState();
      window.hide();
      await saved;
    }
    await engine.close();
    ended = true;
    exit.now();
  }

  async function close(): Promise<void> {
    if (asking || ending) return;
    asking = true;
    try {
      const operations = await engine.busy();
      if (operations.length === 0 || window.isDestroyed()) {
        void end();
        return;
      }
      const choice = await askHowToClose(window, operations);
      if (choice === 'quit') void end();
      if (choice === 'background') {
        window.hide();
        endWhenIdle();
      }
    } finally {
      asking = false;
    }
  }

  function endWhenIdle(): void {
    setTimeout(async () => {
      // Shown again (a second start does that): the user is back, and closing starts over.
      if (ending || window.isDestroyed() || window.isVisible()) return;
      if ((await engine.busy()).length === 0) void end();
      else endWhenIdle();
    }, backgroundCheckMs);
  }

  window.on('close', (event) => {
    if (ended) return;
    event.preventDefault();
    void main.saveState();
    void close();
  });
  // The page closes its window itself when no engine carries its wish, and that cannot be prevented: nobody to ask.
  window.on('closed', () => void end());
  app.on('before-quit', (event) => {
    if (ended) return;
    event.preventDefault();
    void close();
  });
  // Whoever sends these does not wait for an answer to a dialog.
  process.on('SIGTERM', () => void end());
  process.on('SIGINT', () => void end());

  let crashes: number[] = [];
  window.webContents.on('render-process-gone', (_event, details) => {
    if (ending || details.reason === 'clean-exit') return;
    crashes = [...crashes, Date.now()].slice(-20);
    console.error(`desktop: the page's process ended (${details.reason}); loading it again`);
    setTimeout(
      () => {
        if (!window.isDestroyed()) window.webContents.reload();
      },
      restartDelay(crashes, Date.now()),
    );
  });

  return {
    show() {
      if (window.isDestroyed()) return;
      if (window.isMinimized()) window.restore();
      window.show();
      window.focus();
    },
  };
}
