import type { ReactNode } from 'react';
import type { Settings } from '../../../shared/contract/settings.ts';
import { useAction, useAppState, useHello } from '../../client/hooks.ts';
import { CopyButton } from '../../ui/copy-button.tsx';
import { ErrorNotice } from '../../ui/error-notice.tsx';
import { shortPath } from '../../ui/format.ts';
import { Lines, Section } from '../../ui/section.tsx';
import { Segmented } from '../../ui/segmented.tsx';
import { OnOff } from './on-off.tsx';
import { SettingLine } from './setting-line.tsx';
import { TimeRange } from './time-range.tsx';

const closings = [
  { value: 'ask', label: 'Ask' },
  { value: 'tray', label: 'Keep watching' },
  { value: 'quit', label: 'Quit' },
] as const;

/** The working day, and what stays when the window is closed. */
export function WindowSection(): ReactNode {
  const settings = useAppState((state) => state.settings);
  const save = useAction();
  if (settings === null) return null;
  const set = (change: Partial<Settings>): void => {
    void save.run((client) => client.call((api, options) => api.settings.set(change, options)));
  };
  return (
    <Section title="Day and window">
      {save.error === null ? null : <ErrorNotice error={save.error} onDismiss={save.clear} />}
      <Lines>
        <SettingLine title="Working day" note="What the horizon on Today spans. It may pass midnight.">
          <TimeRange label="Working day" value={settings.day} onChange={(day) => set({ day })} />
        </SettingLine>
        <SettingLine
          title="Closing the window"
          note="Keep watching: Golden Hour stays in the tray. Services run on either way."
        >
          <Segmented
            label="Closing the window"
            value={settings.closeTo}
            options={closings}
            onChange={(closeTo) => set({ closeTo })}
          />
        </SettingLine>
        <SettingLine title="Start at login" note="Without a window, in the tray.">
          <OnOff
            label="Start at login"
            value={settings.startAtLogin}
            onChange={(startAtLogin) => set({ startAtLogin })}
          />
        </SettingLine>
      </Lines>
    </Section>
  );
}

/** Figures for other tools. */
export function MetricsSection(): ReactNode {
  const on = useAppState((state) => state.settings.metricsPage);
  const hello = useHello();
  const save = useAction();
  if (on === null || hello === null) return null;
  const file = `${hello.dataFolder}/metrics.token`;
  const config = `scrape_configs:
  - job_name: golden-hour
    authorization:
      credentials_file: ${file}
    static_configs:
      - targets: ['127.0.0.1:PORT']
`;
  return (
    <Section title="Metrics page" note="for Prometheus and what reads its format">
      {save.error === null ? null : <ErrorNotice error={save.error} onDismiss={save.clear} />}
      <Lines>
        <SettingLine
          title="Figures at /metrics"
          note={
            on ? (
              <>
                At the address that <code>golden serve</code> prints, followed by <code>/metrics</code>. The token it
                asks for is in <span title={file}>{shortPath(file, hello.homeFolder)}</span>.
              </>
            ) : (
              <>
                CPU, memory, latency, health and incidents of every service, served by <code>golden serve</code>. Off
                until you say so.
              </>
            )
          }
        >
          <span className="row">
            {on ? <CopyButton text={config} label="Copy for Prometheus" size="normal" /> : null}
            <OnOff
              label="Figures at /metrics"
              value={on}
              onChange={(metricsPage) =>
                void save.run((client) => client.call((api, options) => api.settings.set({ metricsPage }, options)))
              }
            />
          </span>
        </SettingLine>
      </Lines>
    </Section>
  );
}
