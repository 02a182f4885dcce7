import { type ReactNode, useMemo } from 'react';
import type { EnvironmentView, ServiceView } from '../../../shared/contract/environments.ts';
import { cx } from '../../ui/cx.ts';
import { isWrong } from '../../ui/health.ts';
import { ToneGlyph } from '../../ui/health-glyph.tsx';
import { Panel } from '../../ui/panel.tsx';
import { ScrollRegion } from '../../ui/scroll-region.tsx';
import { TabList, TabPanel, Tabs } from '../../ui/tabs.tsx';
import { ConfigView } from './config-view.tsx';
import { EventsTab } from './events-tab.tsx';
import { HealthTab } from './health/health-tab.tsx';
import { OverviewTab } from './overview-tab.tsx';
import { memoryLimit } from './resource-words.ts';
import type { ServiceAction } from './service-row.tsx';
import { serviceLook } from './service-words.ts';
import styles from './stack.module.css';
import { StatsTab } from './stats-tab.tsx';
import { type Checks, FreshChecks } from './use-checks.ts';
import type { ObservedEvents } from './use-observed-events.ts';
import type { Started } from './use-service-actions.ts';
import type { Stats } from './use-stats.ts';

export const serviceTabs = ['overview', 'logs', 'terminal', 'health', 'stats', 'config', 'events'] as const;
export type ServiceTab = (typeof serviceTabs)[number];

const titles: Record<ServiceTab, string> = {
  overview: 'Overview',
  logs: 'Logs',
  terminal: 'Terminal',
  health: 'Health',
  stats: 'Stats',
  config: 'Config',
  events: 'Events',
};

/** What other features show inside the panel of a service; the shell puts them together. */
export interface ServicePanelSlots {
  readonly logs: (environmentId: string, service: string) => ReactNode;
  readonly terminal: (environmentId: string, service: string) => ReactNode;
}

/** Everything about one service. */
export function ServicePanel(props: {
  readonly environment: EnvironmentView;
  readonly service: ServiceView;
  readonly tab: ServiceTab;
  readonly stats: Stats;
  readonly checks: Checks;
  readonly events: ObservedEvents;
  readonly slots: ServicePanelSlots;
  readonly started: Started | null;
  readonly blocked: boolean;
  readonly onTab: (tab: ServiceTab) => void;
  readonly onAction: (action: ServiceAction) => void;
  readonly onClose: () => void;
}): ReactNode {
  const { environment, service, tab, stats } = props;
  const look = serviceLook(service, environment.stale);
  const samples = stats.series.of(service.name);
  const items = useMemo(() => serviceTabs.map((id) => ({ id, label: titles[id] })), []);
  return (
    <Tabs
      value={tab}
      onChange={(next) => props.onTab(serviceTabs.find((one) => one === next) ?? 'overview')}
      className={styles.panelTabs}
    >
      <Panel
        label={service.name}
        title={
          <>
            <ToneGlyph tone={look.tone} shape={look.shape} size={12} />
            <span className="trunc">{service.name}</span>
            <span
              className={cx(
                styles.panelState,
                isWrong(look.tone) && (look.tone === 'down' ? styles.down : styles.degraded),
              )}
            >
              {look.word}
            </span>
          </>
        }
        top={<TabList label={`About ${service.name}`} items={items} className={styles.panelTabList} />}
        bodyClassName={styles.panelBody}
        onClose={props.onClose}
      >
        {tab === 'overview' || tab === 'health' ? <FreshChecks checks={props.checks} /> : null}
        <TabPanel id="overview" className={styles.tabBody}>
          <ScrollRegion label={`Overview of ${service.name}`} className={styles.tabScroll}>
            <OverviewTab
              environment={environment}
              service={service}
              samples={samples}
              check={props.checks.of(service.name)}
              started={props.started}
              blocked={props.blocked}
              onAction={props.onAction}
            />
          </ScrollRegion>
        </TabPanel>
        <TabPanel id="logs" className={styles.tabBody}>
          {props.slots.logs(environment.id, service.name)}
        </TabPanel>
        <TabPanel id="terminal" className={styles.tabBody}>
          {props.slots.terminal(environment.id, service.name)}
        </TabPanel>
        <TabPanel id="health" className={styles.tabBody}>
          <ScrollRegion label={`Health of ${service.name}`} className={styles.tabScroll}>
            <HealthTab key={service.name} environmentId={environment.id} service={service.name} checks={props.checks} />
          </ScrollRegion>
        </TabPanel>
        <TabPanel id="stats" className={styles.tabBody}>
          <ScrollRegion label={`Statistics of ${service.name}`} className={styles.tabScroll}>
            <StatsTab
              key={service.name}
              environmentId={environment.id}
              service={service}
              limit={memoryLimit(service, samples.at(-1) ?? null)}
            />
          </ScrollRegion>
        </TabPanel>
        <TabPanel id="config" className={styles.tabBody}>
          <ConfigView environmentId={environment.id} service={service.name} />
        </TabPanel>
        <TabPanel id="events" className={styles.tabBody}>
          <ScrollRegion label={`Events of ${service.name}`} className={styles.tabScroll}>
            <EventsTab environmentId={environment.id} service={service} observed={props.events} />
          </ScrollRegion>
        </TabPanel>
      </Panel>
    </Tabs>
  );
}
