import { type ReactNode, useMemo, useState } from 'react';
import type { EnvironmentView } from '../../../shared/contract/environments.ts';
import { useHello, useQuery } from '../../client/hooks.ts';
import { CopyButton } from '../../ui/copy-button.tsx';
import { ErrorNotice } from '../../ui/error-notice.tsx';
import { shortPath } from '../../ui/format.ts';
import { ScrollRegion } from '../../ui/scroll-region.tsx';
import { Segmented } from '../../ui/segmented.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { configRows } from './config-rows.ts';
import styles from './stack.module.css';

const forms = [
  { value: 'values', label: 'Values' },
  { value: 'yaml', label: 'YAML' },
] as const;

/** The service as it was resolved from its files, and where each value comes from. */
export function ConfigTab(props: { readonly environment: EnvironmentView; readonly service: string }): ReactNode {
  const { environment, service } = props;
  const [form, setForm] = useState<'values' | 'yaml'>('values');
  const home = useHello()?.homeFolder ?? null;
  const format = form === 'yaml' ? 'yaml' : 'json';
  const config = useQuery(`config ${environment.id} ${service} ${format}`, (api, options) =>
    api.stacks.config({ environmentId: environment.id, service, format }, options),
  );
  const rows = useMemo(() => {
    if (config.data === null || format !== 'json') return [];
    try {
      return configRows(JSON.parse(config.data.text), service, config.data.positions);
    } catch {
      return [];
    }
  }, [config.data, format, service]);
  const near = (source: string): string =>
    source.startsWith(`${environment.folder}/`) ? source.slice(environment.folder.length + 1) : shortPath(source, home);

  return (
    <>
      <div className={styles.tabTools}>
        <Segmented label="Form" value={form} options={forms} onChange={setForm} />
        <span className="grow" />
        {config.data === null ? null : <CopyButton text={config.data.text} label="Copy" />}
      </div>
      <ScrollRegion label={`Configuration of ${service}`} className={styles.tabScroll}>
        {config.error !== null ? (
          <ErrorNotice error={config.error.toShape()} />
        ) : config.data === null ? (
          <Skeleton lines={6} />
        ) : form === 'yaml' ? (
          <pre className={`${styles.yaml} mono sel`}>{config.data.text}</pre>
        ) : (
          <dl className={styles.config}>
            {rows.map((row) => (
              <div key={row.path}>
                <dt>
                  <span className="trunc" title={row.path}>
                    {row.path}
                  </span>
                  {row.source === null ? null : (
                    <span className={styles.source} title={row.source}>
                      {near(row.source)}
                    </span>
                  )}
                </dt>
                <dd className="mono sel">{row.value === '' ? <span className="t3">empty</span> : row.value}</dd>
              </div>
            ))}
          </dl>
        )}
      </ScrollRegion>
    </>
  );
}
