import { homedir } from 'node:os';
import { join } from 'node:path';
import { app, ipcMain, session } from 'electron';
import { answerQuestion } from './desktop/bridge.ts';
import { createEngineHost } from './desktop/engine-host.ts';
import { createGoTo } from './desktop/go-to.ts';
import { createLifecycle } from './desktop/lifecycle.ts';
import { startedHidden } from './desktop/login.ts';
import { setMenu } from './desktop/menu.ts';
import { isOurs } from './desktop/page-address.ts';
import { createPresence } from './desktop/presence.ts';
import { declareScheme, servePage } from './desktop/protocol.ts';
import { hardenContents, hardenSession } from './desktop/security.ts';
import { drawsOwnButtons, type MainWindow, openMainWindow } from './desktop/window.ts';
import { readWindowState } from './desktop/window-state.ts';
import { dataFolder } from './engine/data-folder.ts';

const here = import.meta.dirname;
const folder = dataFolder(process.env);
// Chromium's own files beside ours, so that a home of its own is a whole one.
app.setPath('userData', join(folder, 'window'));

if (!app.requestSingleInstanceLock()) app.quit();
else run();

/** Everything before `ready` must happen without waiting: Electron holds `ready` back until this file has run. */
function run(): void {
  declareScheme();
  // Root cannot have it: Chromium's processes would end at once, for ever.
  if (!app.commandLine.hasSwitch('no-sandbox')) app.enableSandbox();
  hardenContents();
  void app.whenReady().then(open);
}

function open(): void {
  let main: MainWindow | undefined;
  const engine = createEngineHost({
    entry: join(here, 'engine.js'),
    start: {
      version: app.getVersion(),
      dataFolder: folder,
      home: homedir(),
      environment: Object.fromEntries(Object.entries(process.env).filter(([, value]) => value !== undefined)) as Record<
        string,
        string
      >,
      windowControls: drawsOwnButtons,
      checkOutputs: !app.isPackaged,
    },
    answer: (question) => answerQuestion(main?.window, question),
    onTheme: (theme) => main?.setTheme(theme),
  });
  hardenSession(session.defaultSession);
  servePage(session.defaultSession, join(here, '../renderer'));
  setMenu();

  const stateFile = join(app.getPath('userData'), 'window.json');
  const hidden = startedHidden();
  const opened = openMainWindow({
    preload: join(here, '../preload/preload.cjs'),
    stateFile,
    state: readWindowState(stateFile),
    hidden,
  });
  main = opened;
  const { window } = opened;
  const { go } = createGoTo(window);
  const presence = createPresence({
    engine,
    window,
    show(place) {
      lifecycle.show();
      if (place !== null) go(place);
    },
    quit: () => lifecycle.quit(),
    trayChanged: () => lifecycle.trayChanged(),
  });
  const lifecycle = createLifecycle({
    main: opened,
    engine,
    background: { available: presence.trayThere, closeTo: presence.closeTo, remember: presence.remember },
    hidden,
    onEnd: presence.close,
  });
  app.on('second-instance', () => lifecycle.show());
  app.on('activate', () => lifecycle.show());
  ipcMain.on('goldenhour:connect', (event) => {
    const frame = event.senderFrame;
    // Only our page, at the top of our window, may talk to the engine.
    if (frame === null || frame !== window.webContents.mainFrame || !isOurs(frame.url)) return;
    engine.connect(frame);
  });
}
