import { type ReactNode, useEffect, useState } from 'react';
import type { Settings } from '../../../shared/contract/settings.ts';
import { useAction, useAppState } from '../../client/hooks.ts';
import { ErrorNotice } from '../../ui/error-notice.tsx';
import { Field } from '../../ui/field.tsx';
import { count } from '../../ui/format.ts';
import { Lines, Section } from '../../ui/section.tsx';
import { Segmented } from '../../ui/segmented.tsx';
import { parseHours } from './hours.ts';
import { OnOff } from './on-off.tsx';
import styles from './settings.module.css';

const themes = [
  { value: 'system', label: 'System' },
  { value: 'light', label: 'Light' },
  { value: 'dark', label: 'Dark' },
] as const;

export function PreferencesSection(): ReactNode {
  const settings = useAppState((state) => state.settings);
  const save = useAction();
  const set = (change: Partial<Settings>): void => {
    void save.run((client) => client.call((api, options) => api.settings.set(change, options)));
  };
  if (settings === null) return null;
  return (
    <Section title="Preferences">
      {save.error === null ? null : <ErrorNotice error={save.error} onDismiss={save.clear} />}
      <Lines>
        <li className={styles.setting}>
          <div>
            <span>Theme</span>
            <p>System follows the desktop, also when it changes by itself.</p>
          </div>
          <Segmented label="Theme" value={settings.theme} options={themes} onChange={(theme) => set({ theme })} />
        </li>
        <li className={styles.setting}>
          <div>
            <span>Keep undo points for</span>
            <p>The state before a restore can be brought back this long. At least a day.</p>
          </div>
          <UndoHours hours={settings.undoHours} onChange={(undoHours) => set({ undoHours })} />
        </li>
        <li className={styles.setting}>
          <div>
            <span>Terminals for screen readers</span>
            <p>They read out what is written. Much output takes longer to show.</p>
          </div>
          <OnOff
            label="Terminals for screen readers"
            value={settings.terminalScreenReader === true}
            onChange={(terminalScreenReader) => set({ terminalScreenReader })}
          />
        </li>
      </Lines>
    </Section>
  );
}

function UndoHours(props: { readonly hours: number; readonly onChange: (hours: number) => void }): ReactNode {
  const [text, setText] = useState(String(props.hours));
  useEffect(() => setText(String(props.hours)), [props.hours]);
  const parsed = parseHours(text);
  const commit = (): void => {
    if (parsed.ok && parsed.hours !== props.hours) props.onChange(parsed.hours);
    if (!parsed.ok) setText(String(props.hours));
  };
  return (
    <span className="row">
      {parsed.ok ? (
        <span className="small t3">{parsed.hours % 24 === 0 ? count(parsed.hours / 24, 'day') : ''}</span>
      ) : (
        <span className="small" role="alert">
          {parsed.problem}
        </span>
      )}
      <Field
        frameClassName={styles.number}
        aria-label="Hours to keep undo points"
        inputMode="numeric"
        value={text}
        invalid={!parsed.ok}
        end={<span className="small">h</span>}
        onChange={(event) => setText(event.target.value)}
        onBlur={commit}
        onKeyDown={(event) => {
          if (event.key === 'Enter') commit();
          if (event.key === 'Escape') setText(String(props.hours));
        }}
      />
    </span>
  );
}
