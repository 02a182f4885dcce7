import { app } from 'electron';
import type { Settings } from '../../shared/contract/settings.ts';
import { askHowToClose, askWhereToClose } from './closing.ts';
import type { EngineHost } from './engine-host.ts';
import { prepareExit } from './exit.ts';
import { restartDelay } from './restart-delay.ts';
import type { MainWindow } from './window.ts';

export interface Lifecycle {
  /** Brings the window to the front, from wherever it is. */
  show(): void;
  /** Ends the app as closing the window does where there is no tray: asks when something is under way. */
  quit(): void;
  /** The tray came or went: a window that is nowhere else comes back. */
  trayChanged(): void;
}

/** Where the window can go when it is closed. */
export interface Background {
  /** Is there a tray icon that brings it back? */
  available(): boolean;
  closeTo(): Settings['closeTo'];
  remember(closeTo: Settings['closeTo']): void;
}

export interface LifecycleOptions {
  readonly main: MainWindow;
  readonly engine: EngineHost;
  readonly background: Background;
  /** The window was not shown at the start. */
  readonly hidden: boolean;
  /** The app is about to end. */
  onEnd(): void;
}

const backgroundCheckMs = 1000;
/** At login the panel may come up after us. */
const trayPatienceMs = 10_000;

/** How the window and the app end: at once when nothing is under way, else as the user says. */
export function createLifecycle({ main, engine, background, hidden, onEnd }: LifecycleOptions): Lifecycle {
  const { window } = main;
  /** Hidden, with the tray as the only way back. */
  let inTray = hidden;
  let asking = false;
  let ending = false;
  let ended = false;

  async function end(): Promise<void> {
    if (ending) return;
    ending = true;
    const exit = prepareExit();
    onEnd();
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
      if (!window.isVisible()) show();
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

  /** The window was closed: into the tray, if there is one and it is wanted. */
  async function leave(): Promise<void> {
    if (asking || ending) return;
    let to = background.available() ? background.closeTo() : 'quit';
    if (to === 'ask') {
      asking = true;
      const choice = await askWhereToClose(window).finally(() => {
        asking = false;
      });
      if (choice === 'wait') return;
      background.remember(choice);
      to = choice;
    }
    if (to !== 'tray') await close();
    else if (!window.isDestroyed() && background.available()) {
      inTray = true;
      window.hide();
    }
  }

  function show(): void {
    if (window.isDestroyed()) return;
    inTray = false;
    if (window.isMinimized()) window.restore();
    window.show();
    window.focus();
  }

  let patient = hidden;
  function trayChanged(): void {
    if (inTray && !patient && !ending && !background.available()) show();
  }
  if (hidden)
    setTimeout(() => {
      patient = false;
      trayChanged();
    }, trayPatienceMs);

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
    void leave();
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
    show,
    quit: () => void close(),
    trayChanged,
  };
}
