import type { ReactNode } from 'react';
import { DiscoveredList, useDiscovered } from '../../ui/discovered-list.tsx';
import { Section } from '../../ui/section.tsx';
import styles from './stacks.module.css';

/** Under the list: what runs beside it. Nothing at all when there is nothing. */
export function DiscoveredSection(): ReactNode {
  const projects = useDiscovered();
  if (projects.length === 0) return null;
  return (
    <Section
      className={styles.found}
      title="Started with docker compose"
      note="not on the list; Add takes over what runs"
    >
      <DiscoveredList />
    </Section>
  );
}
