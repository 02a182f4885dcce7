import { app, powerMonitor } from 'electron';
import type { MachineNews } from '../../shared/contract/health.ts';
import type { Settings } from '../../shared/contract/settings.ts';
import type { AppState } from '../../shared/contract/streams.ts';
import type { Notice, NoticeAction } from '../../shared/domain/alert-types.ts';
import type { Place } from '../../shared/domain/place.ts';
import { createElectronNotices } from './electron-notices.ts';
import { type DesktopEngine, followEngine } from './engine-client.ts';
import type { EngineHost } from './engine-host.ts';
import { healthIcon } from './health-icon.ts';
import { openLinuxDesktop } from './linux-desktop.ts';
import { startAtLogin } from './login.ts';
import { createNoticeSink } from './notice-sink.ts';
import { effectOf } from './notice-words.ts';
import { createAppTray } from './tray.ts';
import { type TrayAction, trayModel } from './tray-model.ts';

/** Far more than a change of the state takes to reach us. */
const stateDelayMs = 1000;

export interface PresenceOptions {
  readonly engine: EngineHost;
  readonly window: Electron.BrowserWindow;
  /** Brings the window to the front, at a place or where it was. */
  show(place: Place | null): void;
  quit(): void;
  trayChanged(): void;
}

/** The app outside its window: tray, notifications, badge, start at login, and what the machine is doing. */
export interface Presence {
  /** Is there an icon that brings the window back? */
  trayThere(): boolean;
  closeTo(): Settings['closeTo'];
  remember(closeTo: Settings['closeTo']): void;
  close(): void;
}

/** Asked only for whether the screen is locked. */
const idleSeconds = 60;
const hourMs = 3_600_000;
/** The menu names times of day. */
const redrawMs = 60_000;

export function createPresence(options: PresenceOptions): Presence {
  const { window } = options;
  let atLogin: boolean | null = null;

  const chosen = (slot: number, action: NoticeAction | null): void => sink.chosen(slot, action);
  const tray = createAppTray(onTray);
  const linux =
    process.platform !== 'linux'
      ? null
      : openLinuxDesktop({ environment: process.env, onChosen: chosen, onTray: offerTray, onLock: tellLock });
  const sink = createNoticeSink({
    surface: linux?.notices ?? createElectronNotices(chosen),
    later(ms, run) {
      const timer = setTimeout(run, ms);
      return () => clearTimeout(timer);
    },
    onChosen: onNotice,
  });
  const client: DesktopEngine = followEngine({
    dial: options.engine.dial,
    onState(known) {
      showTray(known?.state ?? null);
      if (known === null) return;
      const { watch, settings } = known.state;
      sink.update(watch.notices, known.epoch, settings.notifications);
      follow(settings);
    },
    onSession() {
      tellPower();
      // Somebody logged in, or sits here while an engine is started again.
      if (powerMonitor.getSystemIdleState(idleSeconds) !== 'locked') tellLock(false);
    },
  });
  if (linux === null) tray.offer(true);
  showTray(null);
  const redraw = setInterval(() => showTray(connectedState()), redrawMs);

  function connectedState(): AppState | null {
    return client.connected() ? (client.last()?.state ?? null) : null;
  }

  function offerTray(there: boolean): void {
    tray.offer(there);
    options.trayChanged();
  }

  function showTray(state: AppState | null): void {
    const model = trayModel(state, new Date());
    tray.show(model);
    showBadge(model.wrong);
  }

  function showBadge(wrong: number): void {
    if (process.platform === 'darwin') app.setBadgeCount(wrong);
    if (process.platform !== 'win32' || window.isDestroyed()) return;
    const words = wrong === 1 ? 'Something is wrong in one environment' : `Something is wrong in ${wrong} environments`;
    window.setOverlayIcon(wrong === 0 ? null : healthIcon('down', 'square', 16), wrong === 0 ? '' : words);
  }

  function follow({ startAtLogin: wanted }: Settings): void {
    if (wanted === atLogin) return;
    atLogin = wanted;
    startAtLogin(wanted).catch((error: unknown) => console.error('desktop: start at login was not set:', error));
  }

  function onTray(action: TrayAction): void {
    if (action.do === 'open') options.show(action.place);
    else if (action.do === 'quit') options.quit();
    else if (action.do === 'start' || action.do === 'stop') {
      const { environmentId, do: what } = action;
      act(
        client.call((api) => api.environments[what === 'start' ? 'up' : 'stop']({ environmentId })),
        { to: 'stack', environmentId, service: null },
      );
    } else if (action.do === 'run') {
      const { environmentId, routine } = action;
      // Whoever starts it wants to see it; and what keeps it from starting is agreed to there.
      act(
        client
          .call((api) => api.routines.run({ environmentId, routine }))
          .then(({ runId }) => options.show({ to: 'run', runId, environmentId })),
        { to: 'routine', environmentId, routine },
      );
    } else {
      const { environmentId } = action;
      const until = action.do === 'pause' ? Date.now() + hourMs : null;
      act(
        client.call((api) => api.health.pauseWatching({ environmentId, until })),
        null,
      );
    }
  }

  function onNotice(notice: Notice, action: NoticeAction | null): void {
    const { act: does, place } = effectOf(notice, action);
    if (place !== null) options.show(place);
    if (does === null) return;
    const { environment } = notice;
    const otherwise: Place | null =
      environment === null ? null : { to: 'stack', environmentId: environment, service: notice.service };
    act(
      client.call((api) => api.notices.act({ noticeId: notice.id, action: does })),
      place ?? otherwise,
    );
  }

  /** How closing was answered, until the engine knows. */
  let answered: Settings['closeTo'] | null = null;

  /** What cannot be done is taken to the window, where it can be seen why. */
  function act(work: Promise<unknown>, otherwise: Place | null): void {
    work.catch((error: unknown) => {
      console.error('desktop: refused:', error instanceof Error ? error.message : error);
      options.show(otherwise);
    });
  }

  function tell(news: MachineNews): void {
    // An engine that is away learns of it from its own clock.
    client.call((api) => api.health.machine(news)).catch(() => undefined);
  }
  /** On Linux the engine reads the battery itself: Electron says nothing of it there. */
  function tellPower(): void {
    if (process.platform !== 'linux') tell({ kind: 'power', onBattery: powerMonitor.isOnBatteryPower() });
  }
  function tellLock(locked: boolean): void {
    tell({ kind: locked ? 'lock' : 'unlock' });
  }
  powerMonitor.on('suspend', () => tell({ kind: 'sleep' }));
  powerMonitor.on('resume', () => tell({ kind: 'resume' }));
  if (process.platform !== 'linux') {
    powerMonitor.on('on-battery', tellPower);
    powerMonitor.on('on-ac', tellPower);
    powerMonitor.on('lock-screen', () => tellLock(true));
    powerMonitor.on('unlock-screen', () => tellLock(false));
  }

  return {
    trayThere: () => tray.there,
    // What was just answered counts before the engine has said so, or one would be asked twice.
    closeTo: () => answered ?? client.last()?.state.settings.closeTo ?? 'ask',
    remember(closeTo) {
      answered = closeTo;
      act(
        client
          .call((api) => api.settings.set({ closeTo }))
          // The answer comes before the state that holds it, which travels in batches.
          .finally(() => setTimeout(() => (answered = null), stateDelayMs)),
        null,
      );
    },
    close() {
      clearInterval(redraw);
      client.close();
      linux?.close();
      tray.close();
    },
  };
}
