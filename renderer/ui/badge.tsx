import type { LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';
import styles from './badge.module.css';
import { cx } from './cx.ts';

export function Badge(props: {
  readonly tone?: 'healthy' | 'degraded' | 'down' | 'idle' | 'line';
  readonly icon?: LucideIcon;
  readonly title?: string;
  readonly children: ReactNode;
}): ReactNode {
  const Icon = props.icon;
  return (
    <span className={cx(styles.badge, styles[props.tone ?? 'idle'])} title={props.title}>
      {Icon === undefined ? null : <Icon size={12} strokeWidth={1.9} aria-hidden />}
      {props.children}
    </span>
  );
}
