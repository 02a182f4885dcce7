import type { ReactNode } from 'react';
import type { CheckView } from '../../../../shared/contract/health.ts';
import { Field, Labelled } from '../../../ui/field.tsx';
import { Select } from '../../../ui/select.tsx';
import { type CheckForm, defaultsOf, type FormField, type FormKind } from './check-form.ts';
import styles from './health.module.css';

const kindLabels: readonly { readonly value: FormKind; readonly label: string }[] = [
  { value: 'suggested', label: 'As suggested' },
  { value: 'http', label: 'HTTP answer' },
  { value: 'tcp', label: 'Open port' },
  { value: 'command', label: 'Command' },
  { value: 'postgres', label: 'PostgreSQL' },
  { value: 'redis', label: 'Redis' },
  { value: 'mysql', label: 'MySQL' },
  { value: 'amqp', label: 'AMQP' },
  { value: 'none', label: 'No check' },
];
const places = [
  { value: 'container', label: 'In the container' },
  { value: 'host', label: 'On this machine' },
] as const;
const recoveryLabels = [
  { value: '', label: 'As set for the stack' },
  { value: 'notify', label: 'Tell me' },
  { value: 'restart', label: 'Restart it' },
  { value: 'restore', label: 'Restart, then restore' },
] as const;

/** The fields of a check; those of other kinds of probes are not shown. */
export function CheckFields(props: {
  readonly form: CheckForm;
  readonly check: CheckView;
  readonly problems: Readonly<Partial<Record<FormField, string>>>;
  readonly onChange: (change: Partial<CheckForm>) => void;
}): ReactNode {
  const { form, check, problems, onChange } = props;
  const defaults = defaultsOf(check);
  const input = (field: Exclude<FormField, 'kind' | 'recovery' | 'where'>, label: string, wide = false): ReactNode => (
    <div className={wide ? styles.wide : undefined}>
      <Labelled label={label} problem={problems[field] ?? null}>
        {(ids) => (
          <Field
            {...ids}
            value={form[field]}
            invalid={problems[field] !== undefined}
            placeholder={defaults[field] ?? ''}
            onChange={(event) => onChange({ [field]: event.target.value })}
          />
        )}
      </Labelled>
    </div>
  );
  const { kind } = form;
  return (
    <div className={styles.fields}>
      <Labelled label="Check" problem={problems.kind ?? null}>
        {(ids) => (
          <Select
            id={ids.id}
            describedBy={ids['aria-describedby']}
            value={kind}
            options={kindLabels}
            onChange={(next) => onChange({ kind: next })}
          />
        )}
      </Labelled>
      {kind === 'suggested' || kind === 'none' || kind === 'command' ? null : input('port', 'Port in the container')}
      {kind === 'http' ? (
        <>
          {input('path', 'Path')}
          {input('status', 'Status')}
          {input('body', 'Text it must contain', true)}
        </>
      ) : null}
      {kind === 'command' ? (
        <>
          {input('command', 'Command', true)}
          <div className={styles.wide}>
            <Labelled
              label="Runs"
              hint={
                form.where === 'host' ? 'In the folder of the stack, once you have allowed exactly this command.' : null
              }
            >
              {(ids) => (
                <Select
                  id={ids.id}
                  describedBy={ids['aria-describedby']}
                  value={form.where}
                  options={places}
                  onChange={(where) => onChange({ where })}
                />
              )}
            </Labelled>
          </div>
        </>
      ) : null}
      {input('interval', 'Every')}
      {input('timeout', 'Give up after')}
      {input('failures', 'Down after failures')}
      {input('successes', 'Healthy after')}
      {input('startPeriod', 'Time to start')}
      {input('latency', 'Slow above p95')}
      <div className={styles.wide}>
        <Labelled label="When it is down">
          {(ids) => (
            <Select
              id={ids.id}
              describedBy={ids['aria-describedby']}
              value={form.recovery}
              options={recoveryLabels}
              onChange={(recovery) => onChange({ recovery })}
            />
          )}
        </Labelled>
      </div>
    </div>
  );
}
