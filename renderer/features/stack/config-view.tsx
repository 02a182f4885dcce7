import { ListFilter } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { problemsOf } from '../../../shared/domain/problem.ts';
import { useHello, useQuery } from '../../client/hooks.ts';
import { CopyButton } from '../../ui/copy-button.tsx';
import { ErrorNotice } from '../../ui/error-notice.tsx';
import { Field } from '../../ui/field.tsx';
import { ProblemList, RiskList } from '../../ui/problem-list.tsx';
import { ScrollRegion } from '../../ui/scroll-region.tsx';
import { Segmented } from '../../ui/segmented.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { ValueList } from '../../ui/value-list.tsx';
import styles from './config.module.css';

const forms = [
  { value: 'values', label: 'Values' },
  { value: 'yaml', label: 'YAML' },
] as const;
type Form = (typeof forms)[number]['value'];

/** A configuration as it was resolved from its files: of one service, or of the whole stack when it is null. */
export function ConfigView(props: { readonly environmentId: string; readonly service: string | null }): ReactNode {
  const { environmentId, service } = props;
  const [form, setForm] = useState<Form>('values');
  const [filter, setFilter] = useState('');
  const what = service ?? environmentId;
  return (
    <>
      <div className={styles.tools}>
        <Segmented label="Form" value={form} options={forms} onChange={setForm} />
        {form === 'values' ? (
          <Field
            size="small"
            icon={ListFilter}
            frameClassName={styles.filter}
            aria-label="Filter values"
            placeholder="Filter"
            value={filter}
            onChange={(event) => setFilter(event.target.value)}
            onKeyDown={(event) => {
              // The first Escape empties the field, the next one closes the panel.
              if (event.key !== 'Escape' || filter === '') return;
              event.preventDefault();
              event.stopPropagation();
              setFilter('');
            }}
          />
        ) : (
          <span className="grow" />
        )}
        <CopyYaml environmentId={environmentId} service={service} />
      </div>
      {form === 'yaml' ? (
        <Yaml environmentId={environmentId} service={service} what={what} />
      ) : (
        <Values environmentId={environmentId} service={service} what={what} filter={filter} />
      )}
    </>
  );
}

type Target = { readonly environmentId: string; readonly service: string | null };
const withService = ({ environmentId, service }: Target) => ({
  environmentId,
  ...(service === null ? {} : { service }),
});

function useYaml(target: Target) {
  return useQuery(`config ${target.environmentId} ${target.service}`, (api, options) =>
    api.stacks.config({ ...withService(target), format: 'yaml' }, options),
  );
}

function CopyYaml(props: Target): ReactNode {
  const config = useYaml(props);
  return config.data === null ? null : <CopyButton text={config.data.text} label="Copy" />;
}

function Yaml(props: Target & { readonly what: string }): ReactNode {
  const config = useYaml(props);
  return (
    <ScrollRegion label={`Configuration of ${props.what}`} className={styles.scroll}>
      {config.error !== null ? (
        <ErrorNotice error={config.error.toShape()} />
      ) : config.data === null ? (
        <Skeleton lines={6} />
      ) : (
        <pre className={`${styles.yaml} mono sel`}>{config.data.text}</pre>
      )}
    </ScrollRegion>
  );
}

/** Refusals first, then what reaches the host, then every value. */
function Values(props: Target & { readonly what: string; readonly filter: string }): ReactNode {
  const { environmentId, service, what } = props;
  const home = useHello()?.homeFolder ?? null;
  const found = useQuery(`explain ${environmentId} ${service}`, (api, options) =>
    api.stacks.explain({ of: { environmentId }, ...(service === null ? {} : { service }) }, options),
  );
  if (found.error !== null) {
    const refusals = problemsOf(found.error.details);
    return (
      <ScrollRegion label={`Configuration of ${what}`} className={styles.scroll}>
        {refusals.length === 0 ? (
          <ErrorNotice error={found.error.toShape()} />
        ) : (
          <ProblemList problems={refusals} home={home} />
        )}
      </ScrollRegion>
    );
  }
  if (found.data === null) {
    return (
      <div className={styles.scroll}>
        <Skeleton lines={6} />
      </div>
    );
  }
  const { values, risks, problems, folder } = found.data;
  return (
    <>
      {risks.length + problems.length === 0 ? null : (
        <ScrollRegion label={`Remarks on ${what}`} className={styles.remarks}>
          {risks.length === 0 ? null : (
            <section aria-label="Access to this machine">
              <h3>Access to this machine</h3>
              <RiskList risks={risks} home={home} />
            </section>
          )}
          {problems.length === 0 ? null : (
            <section aria-label="Worth knowing">
              <h3>Worth knowing</h3>
              <ProblemList problems={problems} home={home} />
            </section>
          )}
        </ScrollRegion>
      )}
      <ValueList
        label={`Configuration of ${what}`}
        values={values}
        filter={props.filter}
        folder={folder}
        home={home}
        showService={service === null}
        className={styles.values}
      />
    </>
  );
}
