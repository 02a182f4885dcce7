import type { ReactNode } from 'react';
import styles from './settings.module.css';

/** One setting: what it is, what it does in a quiet line, and its control. */
export function SettingLine(props: {
  readonly title: string;
  readonly note: ReactNode;
  readonly children: ReactNode;
}): ReactNode {
  return (
    <li className={styles.setting}>
      <div>
        <span>{props.title}</span>
        <p>{props.note}</p>
      </div>
      {props.children}
    </li>
  );
}
