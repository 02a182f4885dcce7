import type { ReactNode } from 'react';
import { commandGroups, useAllCommands } from '../ui/commands.ts';
import { Dialog } from '../ui/dialog.tsx';
import { Keys } from '../ui/kbd.tsx';
import { useWorkbench, useWorkbenchActions } from '../ui/workbench.ts';
import styles from './palette.module.css';

/** Keys that belong to a part of the window rather than to a command. */
const fixed: readonly (readonly [string, string])[] = [
  ['Move between rows', 'up down'],
  ['Open the row', 'enter'],
  ['Close a panel, a menu, a dialog', 'escape'],
  ['In the list of stacks: start or stop', 's'],
  ['In the list of stacks: restart', 'r'],
  ['In the list of stacks: logs', 'l'],
  ['In the list of stacks: remove', 'delete'],
];

/** `?`: every key there is, from the same registry that makes them work. */
export function KeysList(): ReactNode {
  const open = useWorkbench((state) => state.keysOpen);
  const { setKeysOpen } = useWorkbenchActions();
  const commands = useAllCommands().filter((one) => one.keys !== undefined);
  return (
    <Dialog open={open} onClose={() => setKeysOpen(false)} title="Keys">
      <div className={styles.keyGroups}>
        {commandGroups.map((group) => {
          const list = commands.filter((one) => one.group === group);
          if (list.length === 0) return null;
          return (
            <section key={group}>
              <h3>{group}</h3>
              <ul>
                {list.map((one) => (
                  <li key={one.id}>
                    <span className="trunc">{one.title}</span>
                    <Keys keys={one.keys ?? ''} />
                  </li>
                ))}
              </ul>
            </section>
          );
        })}
        <section>
          <h3>Lists and panels</h3>
          <ul>
            {fixed.map(([title, keys]) => (
              <li key={title}>
                <span>{title}</span>
                <Keys keys={keys} />
              </li>
            ))}
          </ul>
        </section>
      </div>
    </Dialog>
  );
}
