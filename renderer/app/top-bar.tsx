import { ChevronRight, Minus, Search, Square, X } from 'lucide-react';
import type { ReactNode } from 'react';
import { useAppClient } from '../client/app-client.ts';
import { useHello } from '../client/hooks.ts';
import { useRun } from '../client/use-routines.ts';
import { Badge } from '../ui/badge.tsx';
import { Kbd } from '../ui/kbd.tsx';
import { keyWords } from '../ui/keys.ts';
import { routineAction, runAction } from '../ui/routine-words.ts';
import { useWorkbench, useWorkbenchActions } from '../ui/workbench.ts';
import { useCurrentEnvironment } from './current-environment.ts';
import styles from './shell.module.css';

/** Until the engine has said so, and when it cannot start: our window has a frame on macOS and Windows only. */
const framelessBeforeHello = window.location.protocol === 'app:' && !/Mac|Win/.test(navigator.platform);

export function TopBar(): ReactNode {
  const controls = useHello()?.desktop.windowControls ?? framelessBeforeHello;
  const { setPaletteOpen } = useWorkbenchActions();
  return (
    <header className={styles.bar} data-controls={controls}>
      <Crumbs />
      <span className="grow" />
      <button type="button" className={styles.find} onClick={() => setPaletteOpen(true)}>
        <Search size={14} strokeWidth={1.9} aria-hidden />
        <span>Search or run</span>
        <Kbd>{keyWords('mod+k').join(' ')}</Kbd>
      </button>
      {controls ? <WindowButtons /> : null}
    </header>
  );
}

function Crumbs(): ReactNode {
  const route = useWorkbench((state) => state.route);
  const current = useCurrentEnvironment();
  const { navigate } = useWorkbenchActions();
  const stacks = (
    <>
      <button type="button" className={styles.crumb} onClick={() => navigate({ page: 'stacks' })}>
        Stacks
      </button>
      <ChevronRight size={12} strokeWidth={1.9} className="t3" aria-hidden />
    </>
  );
  switch (route.page) {
    case 'stack':
      return (
        <>
          {stacks}
          <h1 className="trunc" title={route.environmentId}>
            {route.environmentId}
          </h1>
          {current?.id === route.environmentId ? <Badge tone="line">{current.class}</Badge> : null}
        </>
      );
    case 'add-stack':
      return (
        <>
          {stacks}
          <h1>Add a stack</h1>
        </>
      );
    case 'golden':
      return (
        <>
          <h1>Golden images</h1>
          {current === null ? null : <span className="t3 trunc">{current.id}</span>}
        </>
      );
    case 'routine':
      return <RunCrumbs runId={route.runId} />;
    case 'routine-start':
      return (
        <>
          <TodayCrumb />
          <h1 className="trunc">{routineAction({ name: route.routine })}</h1>
          <span className="t3 trunc">{route.environmentId}</span>
        </>
      );
    case 'routine-edit':
      return (
        <>
          <TodayCrumb />
          <h1>Routines</h1>
          <span className="t3 trunc">{route.environmentId}</span>
        </>
      );
    case 'today':
      return (
        <>
          <h1>Today</h1>
          <span className="t3">{todayWords(new Date())}</span>
        </>
      );
    default:
      return (
        <h1>{{ stacks: 'Stacks', activity: 'Activity', incidents: 'Activity', settings: 'Settings' }[route.page]}</h1>
      );
  }
}

function TodayCrumb(): ReactNode {
  const { navigate } = useWorkbenchActions();
  return (
    <>
      <button type="button" className={styles.crumb} onClick={() => navigate({ page: 'today' })}>
        Today
      </button>
      <ChevronRight size={12} strokeWidth={1.9} className="t3" aria-hidden />
    </>
  );
}

function RunCrumbs({ runId }: { readonly runId: string }): ReactNode {
  const { run } = useRun(runId);
  return (
    <>
      <TodayCrumb />
      <h1 className="trunc">{run === null ? 'Routine' : runAction(run)}</h1>
      {run === null ? null : <span className="t3 trunc">{run.environmentId}</span>}
    </>
  );
}

const todayWords = (now: Date): string =>
  now.toLocaleDateString('en-GB', { weekday: 'long', day: 'numeric', month: 'long' });

function WindowButtons(): ReactNode {
  const client = useAppClient();
  const ask = (action: 'minimize' | 'maximize' | 'close') => (): void => {
    // Without an engine to carry the wish, the page closes its own window.
    client
      .call((api, options) => api.desktop.window({ action }, options), { deadlineMs: 1000 })
      .catch(() => {
        if (action === 'close') window.close();
      });
  };
  return (
    <div className={styles.win}>
      <button type="button" data-focus="inside" aria-label="Minimise" onClick={ask('minimize')}>
        <Minus size={14} strokeWidth={1.9} aria-hidden />
      </button>
      <button type="button" data-focus="inside" aria-label="Maximise" onClick={ask('maximize')}>
        <Square size={11} strokeWidth={1.9} aria-hidden />
      </button>
      <button type="button" data-focus="inside" aria-label="Close" onClick={ask('close')}>
        <X size={14} strokeWidth={1.9} aria-hidden />
      </button>
    </div>
  );
}
