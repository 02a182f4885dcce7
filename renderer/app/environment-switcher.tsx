import { ChevronsUpDown, FolderPlus } from 'lucide-react';
import { DropdownMenu } from 'radix-ui';
import type { ReactNode } from 'react';
import { useEnvironments } from '../client/hooks.ts';
import { cx } from '../ui/cx.ts';
import floating from '../ui/floating.module.css';
import { HealthGlyph } from '../ui/health-glyph.tsx';
import { Mark } from '../ui/mark.tsx';
import { MenuItem, MenuSeparator } from '../ui/menu.tsx';
import { useWorkbench, useWorkbenchActions } from '../ui/workbench.ts';
import { useCurrentEnvironment } from './current-environment.ts';
import styles from './rail.module.css';

/** Heads the rail: which environment the window is about, and the way to another one. */
export function EnvironmentSwitcher(): ReactNode {
  const environments = useEnvironments();
  const current = useCurrentEnvironment();
  const route = useWorkbench((state) => state.route);
  const { navigate, selectEnvironment } = useWorkbenchActions();
  const choose = (environmentId: string): void => {
    // The golden image page follows the choice; everything else about an environment is its stack page.
    if (route.page === 'golden') selectEnvironment(environmentId);
    else navigate({ page: 'stack', environmentId, service: null, tab: null });
  };
  return (
    <DropdownMenu.Root>
      <DropdownMenu.Trigger className={styles.switch} title={current?.id ?? 'Golden Hour'}>
        <Mark />
        <span className={styles.who}>
          <b>{current?.id ?? 'Golden Hour'}</b>
          <span>{current?.class ?? 'no environment yet'}</span>
        </span>
        <span className="sr">Switch environment</span>
        <ChevronsUpDown size={14} strokeWidth={1.9} className={cx('t3', styles.chevron)} aria-hidden />
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content
          className={cx(floating.pop, floating.menu, 'scroll')}
          align="start"
          sideOffset={4}
          collisionPadding={8}
        >
          {environments.map((one) => (
            <DropdownMenu.Item key={one.id} className={floating.item} onSelect={() => choose(one.id)}>
              <HealthGlyph state={one.health} stale={one.stale} word />
              <span className="trunc">{one.id}</span>
              <span className={floating.hint}>{one.class}</span>
            </DropdownMenu.Item>
          ))}
          {environments.length > 0 ? <MenuSeparator /> : null}
          <MenuItem icon={FolderPlus} onSelect={() => navigate({ page: 'add-stack', folder: null })}>
            Add a stack
          </MenuItem>
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}
