import { ChevronDown } from 'lucide-react';
import { type ReactNode, useEffect, useRef } from 'react';
import { useStore } from 'zustand';
import { useEnvironment } from '../../client/hooks.ts';
import { IconButton } from '../../ui/button.tsx';
import { TabList, TabPanel, Tabs } from '../../ui/tabs.tsx';
import { useWorkbench, useWorkbenchActions } from '../../ui/workbench.ts';
import styles from './dock.module.css';
import { DockGrip } from './dock-grip.tsx';
import { ServicesPicker } from './dock-head.tsx';
import { LogTools } from './logs/log-tools.tsx';
import { LogsBody } from './logs/logs-body.tsx';
import { useLogs } from './logs/use-logs.ts';
import { useResumeWhenRunning } from './logs/use-resume.ts';
import { TerminalPane } from './terminal/terminal-pane.tsx';
import { TerminalTabs, TerminalTools } from './terminal/terminal-tabs.tsx';
import { useTerminals } from './terminal/terminals.ts';

/** Logs and terminals at the foot of the window. Always mounted; shows itself when the workbench says so. */
export function Dock(): ReactNode {
  const dock = useWorkbench((state) => state.dock);
  const request = dock.terminalRequest;
  const terminals = useTerminals();
  const answered = useRef(request?.id ?? 0);
  useEffect(() => {
    if (request === null || request.id === answered.current) return;
    answered.current = request.id;
    void terminals.open(request.place);
  }, [request, terminals]);
  const focus = dock.terminalFocus;
  useEffect(() => {
    const { activeId } = terminals.store.getState();
    if (focus > 0 && activeId !== null) terminals.select(activeId);
  }, [focus, terminals]);
  return dock.open ? <OpenDock /> : null;
}

function OpenDock(): ReactNode {
  const dock = useWorkbench((state) => state.dock);
  const selected = useWorkbench((state) => state.environmentId);
  const actions = useWorkbenchActions();
  const environmentId = dock.logs?.environmentId ?? selected;
  const services = dock.logs?.services ?? null;
  const environment = useEnvironment(environmentId);
  const logs = useLogs(environmentId, services);
  useResumeWhenRunning(logs, environmentId);
  const search = useRef<HTMLInputElement>(null);
  const tabs = useRef<HTMLDivElement>(null);
  const terminals = useTerminals();
  const shells = useStore(terminals.store, (state) => state.views.length);
  const showLogs = dock.tab === 'logs';

  return (
    <section className={styles.dock} style={{ height: dock.height }} aria-label="Dock">
      <DockGrip height={dock.height} onChange={actions.setDockHeight} />
      <Tabs
        value={dock.tab}
        onChange={(tab) => actions.setDockTab(tab === 'terminal' ? 'terminal' : 'logs')}
        className={styles.tabs}
      >
        <div className={styles.head} ref={tabs}>
          <TabList
            label="Dock"
            className={styles.tabList}
            items={[
              { id: 'logs', label: 'Logs' },
              {
                id: 'terminal',
                label:
                  shells === 0 ? (
                    'Terminal'
                  ) : (
                    <>
                      Terminal <span className={styles.count}>{shells}</span>
                    </>
                  ),
              },
            ]}
          />
          {showLogs ? null : <TerminalTabs environmentId={environmentId} />}
          <span className="grow" />
          {showLogs && environment !== null ? (
            <ServicesPicker
              environment={environment}
              services={services}
              onChange={(next) => actions.openLogs(environment.id, next ?? undefined)}
            />
          ) : null}
          {showLogs ? null : <TerminalTools />}
          {showLogs && logs !== null ? <LogTools logs={logs} searchRef={search} /> : null}
          <IconButton
            size="small"
            label="Close the dock"
            keys="mod+j"
            icon={ChevronDown}
            onClick={() => actions.setDockOpen(false)}
          />
        </div>
        <TabPanel id="logs" className={styles.body} keep>
          {logs === null ? (
            <p className={styles.empty}>Add a stack to see its logs here.</p>
          ) : (
            <LogsBody logs={logs} onSearch={() => search.current?.focus()} />
          )}
        </TabPanel>
        <TabPanel id="terminal" className={styles.body}>
          <TerminalPane
            environmentId={environmentId}
            onLeave={() => tabs.current?.querySelector<HTMLElement>('[role="tab"][data-state="active"]')?.focus()}
          />
        </TabPanel>
      </Tabs>
    </section>
  );
}
