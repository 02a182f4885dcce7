import { BrowserWindow, nativeTheme, screen } from 'electron';
import { pageUrl } from './page-address.ts';
import { createWindowStateFile, usableBounds, type WindowState } from './window-state.ts';

export interface MainWindowOptions {
  readonly preload: string;
  readonly stateFile: string;
  readonly state: WindowState;
  /** Started to stay in the tray: the page is loaded, the window is not shown. */
  readonly hidden: boolean;
}

export interface MainWindow {
  readonly window: BrowserWindow;
  setTheme(theme: WindowState['theme']): void;
  /** Writes the window's place now; resolves when it is on disk. */
  saveState(): Promise<void>;
}

/** The page draws the window buttons where the system does not lay its own over the page. */
export const drawsOwnButtons = process.platform !== 'darwin' && process.platform !== 'win32';

/** `--bg` and `--text` of the page's tokens: shown until the page has painted, so that nothing flashes. */
const colours = {
  dark: { background: '#11151b', symbols: '#e9e6df' },
  light: { background: '#fdfcfa', symbols: '#1d2026' },
};
const barHeight = 44;

/** Opens the one window at its remembered place and shows it once the page has something to show. */
export function openMainWindow(options: MainWindowOptions): MainWindow {
  const file = createWindowStateFile(options.stateFile);
  let theme = options.state.theme;
  nativeTheme.themeSource = theme;
  const now = (): (typeof colours)['dark'] => (nativeTheme.shouldUseDarkColors ? colours.dark : colours.light);
  const place = usableBounds(
    options.state.bounds,
    screen.getAllDisplays().map((display) => display.workArea),
  );
  const window = new BrowserWindow({
    title: 'Golden Hour',
    width: 1280,
    height: 800,
    ...place,
    minWidth: 900,
    minHeight: 600,
    show: false,
    backgroundColor: now().background,
    ...frame(now()),
    webPreferences: {
      preload: options.preload,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webviewTag: false,
      spellcheck: false,
      navigateOnDragDrop: false,
    },
  });
  if (options.state.maximized) window.maximize();

  const show = (): void => {
    if (!options.hidden && !window.isDestroyed() && !window.isVisible()) window.show();
  };
  window.once('ready-to-show', show);
  // A page that cannot paint must still give a window that can be closed.
  const latest = setTimeout(show, 3000);
  window.once('show', () => clearTimeout(latest));

  const onTheme = (): void => {
    window.setBackgroundColor(now().background);
    if (process.platform === 'win32') window.setTitleBarOverlay(overlay(now()));
  };
  nativeTheme.on('updated', onTheme);
  let timer: NodeJS.Timeout | undefined;
  const saveState = (): Promise<void> => {
    clearTimeout(timer);
    return file.save({ bounds: window.getNormalBounds(), maximized: window.isMaximized(), theme });
  };
  const later = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => void saveState(), 500);
  };
  window.on('resize', later);
  window.on('move', later);
  window.on('maximize', later);
  window.on('unmaximize', later);
  window.once('closed', () => {
    clearTimeout(timer);
    clearTimeout(latest);
    nativeTheme.off('updated', onTheme);
  });
  window.webContents.on('did-fail-load', (_event, code, reason, url) => {
    console.error(`desktop: ${url} did not load: ${reason} (${code})`);
  });
  // The event above tells; without this the same failure would end the process.
  void window.loadURL(pageUrl).catch(() => undefined);

  return {
    window,
    setTheme(next) {
      if (next === theme) return;
      theme = next;
      nativeTheme.themeSource = next;
      later();
    },
    saveState,
  };
}

function frame(colour: (typeof colours)['dark']): Electron.BrowserWindowConstructorOptions {
  if (process.platform === 'darwin') return { titleBarStyle: 'hiddenInset' };
  if (process.platform === 'win32') return { titleBarStyle: 'hidden', titleBarOverlay: overlay(colour) };
  return { frame: false };
}

function overlay(colour: (typeof colours)['dark']): Electron.TitleBarOverlayOptions {
  return { color: colour.background, symbolColor: colour.symbols, height: barHeight };
}
