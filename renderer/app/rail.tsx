import { Activity, History, Layers, type LucideIcon, Settings, Sun } from 'lucide-react';
import type { ReactNode } from 'react';
import { useAppState, useEnvironments } from '../client/hooks.ts';
import { cx } from '../ui/cx.ts';
import { HealthGlyph } from '../ui/health-glyph.tsx';
import { formatRoute, type Route } from '../ui/routes.ts';
import { useWorkbench, useWorkbenchActions } from '../ui/workbench.ts';
import { useCurrentEnvironment } from './current-environment.ts';
import { EnvironmentSwitcher } from './environment-switcher.tsx';
import styles from './rail.module.css';

interface Place {
  readonly title: string;
  readonly icon: LucideIcon;
  readonly route: Route;
  readonly pages: readonly Route['page'][];
}

const places: readonly Place[] = [
  { title: 'Today', icon: Sun, route: { page: 'today' }, pages: ['today', 'routine', 'routine-start'] },
  { title: 'Stacks', icon: Layers, route: { page: 'stacks' }, pages: ['stacks', 'stack', 'add-stack'] },
  { title: 'Golden images', icon: History, route: { page: 'golden' }, pages: ['golden'] },
  {
    title: 'Activity',
    icon: Activity,
    route: { page: 'activity', operationId: null },
    pages: ['activity', 'incidents'],
  },
];
const settings: Place = {
  title: 'Settings',
  icon: Settings,
  route: { page: 'settings', section: null },
  pages: ['settings'],
};

function PlaceLink(props: { readonly place: Place; readonly count?: number }): ReactNode {
  const page = useWorkbench((state) => state.route.page);
  const { navigate } = useWorkbenchActions();
  const { title, icon: Icon, route, pages } = props.place;
  return (
    <a
      href={formatRoute(route)}
      title={title}
      aria-current={pages.includes(page) ? 'page' : undefined}
      onClick={(event) => {
        event.preventDefault();
        navigate(route);
      }}
    >
      <Icon size={16} strokeWidth={1.65} aria-hidden />
      <span className={styles.name}>{title}</span>
      {props.count === undefined || props.count === 0 ? null : <span className={styles.n}>{props.count}</span>}
    </a>
  );
}

export function Rail(): ReactNode {
  const environments = useEnvironments();
  const current = useCurrentEnvironment();
  const images = useAppState((state) => state.images.filter((one) => one.environmentId === current?.id).length) ?? 0;
  const stacks = new Set(environments.map((one) => one.stackName)).size;
  const counts: Partial<Record<Route['page'], number>> = { stacks, golden: images };
  return (
    <nav className={styles.rail} aria-label="Main">
      <EnvironmentSwitcher />
      <div className={styles.nav}>
        {places.map((place) => {
          const n = counts[place.route.page];
          return <PlaceLink key={place.title} place={place} {...(n === undefined ? {} : { count: n })} />;
        })}
      </div>
      {environments.length === 0 ? null : (
        <p className={styles.cap}>{stacks === 1 ? `Environments of ${environments[0]?.stackName}` : 'Environments'}</p>
      )}
      <div className={cx(styles.nav, styles.envs, 'scroll')}>
        {environments.map((one) => (
          <EnvironmentLink
            key={one.id}
            id={one.id}
            // One stack needs no name in front of each of its environments.
            label={stacks === 1 ? one.name : one.id}
            note={one.class === 'development' ? null : one.class === 'test' ? 'test' : 'prod-like'}
            glyph={<HealthGlyph state={one.health} stale={one.stale} size={10} word />}
          />
        ))}
      </div>
      <div className={cx(styles.nav, styles.end)}>
        <PlaceLink place={settings} />
      </div>
    </nav>
  );
}

function EnvironmentLink(props: {
  readonly id: string;
  readonly label: string;
  readonly note: string | null;
  readonly glyph: ReactNode;
}): ReactNode {
  const here = useWorkbench((state) => state.route.page === 'stack' && state.route.environmentId === props.id);
  const { navigate } = useWorkbenchActions();
  const route: Route = { page: 'stack', environmentId: props.id, service: null, tab: null };
  return (
    <a
      className={styles.env}
      href={formatRoute(route)}
      title={props.id}
      aria-current={here ? 'true' : undefined}
      onClick={(event) => {
        event.preventDefault();
        navigate(route);
      }}
    >
      <span className={styles.glyph}>{props.glyph}</span>
      <span className={styles.name}>{props.label}</span>
      {props.note === null ? null : <span className={styles.n}>{props.note}</span>}
    </a>
  );
}
