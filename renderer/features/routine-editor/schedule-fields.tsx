import type { ReactNode } from 'react';
import { weekdays } from '../../../shared/domain/routine-file.ts';
import { Checkbox } from '../../ui/checkbox.tsx';
import { Field, Labelled } from '../../ui/field.tsx';
import { Select } from '../../ui/select.tsx';
import styles from './editor.module.css';
import { dayNames, type ScheduleForm, type ScheduleResult, type When } from './schedule-form.ts';

const whens: readonly { readonly value: When; readonly label: string }[] = [
  { value: 'at', label: 'At' },
  { value: 'ready_by', label: 'Ready by' },
  { value: 'wake', label: 'First unlock or wake-up' },
  { value: 'cron', label: 'By a cron expression' },
];

export function ScheduleFields(props: {
  readonly form: ScheduleForm;
  readonly problem: Extract<ScheduleResult, { ok: false }> | null;
  readonly onChange: (change: Partial<ScheduleForm>) => void;
}): ReactNode {
  const { form, onChange } = props;
  const fault = (field: string): string | null => (props.problem?.field === field ? props.problem.message : null);
  const timed = form.when === 'at' || form.when === 'ready_by';
  const wake = (kind: 'unlock' | 'resume', on: boolean): void =>
    onChange({ wake: (['unlock', 'resume'] as const).filter((one) => (one === kind ? on : form.wake.includes(one))) });
  return (
    <>
      <div className={styles.pair}>
        <Labelled label="Starts">
          {(ids) => (
            <Select
              id={ids.id}
              describedBy={ids['aria-describedby']}
              value={form.when}
              options={whens}
              onChange={(when) =>
                onChange(when === 'wake' && form.wake.length === 0 ? { when, wake: ['unlock', 'resume'] } : { when })
              }
            />
          )}
        </Labelled>
        {timed ? (
          <Labelled label="Time" problem={fault('time')}>
            {(ids) => (
              <Field
                {...ids}
                inputMode="numeric"
                maxLength={5}
                value={form.time}
                invalid={fault('time') !== null}
                onChange={(event) => onChange({ time: event.target.value })}
              />
            )}
          </Labelled>
        ) : null}
        {form.when === 'cron' ? (
          <Labelled label="Minute hour day month weekday" problem={fault('cron')}>
            {(ids) => (
              <Field
                {...ids}
                className="mono"
                value={form.cron}
                invalid={fault('cron') !== null}
                onChange={(event) => onChange({ cron: event.target.value })}
              />
            )}
          </Labelled>
        ) : null}
      </div>
      {form.when === 'ready_by' ? (
        <p className={styles.hint}>Starts early enough to be done by then, going by how long it took before.</p>
      ) : null}
      {form.when === 'cron' ? null : (
        <fieldset className={styles.days}>
          <legend>On</legend>
          {weekdays.map((day) => (
            <Checkbox
              key={day}
              label={dayNames[day].slice(0, 3)}
              checked={form.days.includes(day)}
              onChange={(on) =>
                onChange({ days: weekdays.filter((one) => (one === day ? on : form.days.includes(one))) })
              }
            />
          ))}
        </fieldset>
      )}
      {fault('days') === null ? null : <p className={styles.fault}>{fault('days')}</p>}
      <fieldset className={styles.checks}>
        <legend>{form.when === 'wake' ? 'At the first of the day' : 'Also at the first of the day'}</legend>
        <Checkbox label="Unlock" checked={form.wake.includes('unlock')} onChange={(on) => wake('unlock', on)} />
        <Checkbox label="Wake-up" checked={form.wake.includes('resume')} onChange={(on) => wake('resume', on)} />
      </fieldset>
      {fault('wake') === null ? null : <p className={styles.fault}>{fault('wake')}</p>}
      <div className={styles.checks}>
        <Checkbox
          label="Not with less than 20 % on battery"
          checked={form.notOnLowBattery}
          onChange={(notOnLowBattery) => onChange({ notOnLowBattery })}
        />
        <Checkbox
          label="Not on a metered network"
          checked={form.notOnMetered}
          onChange={(notOnMetered) => onChange({ notOnMetered })}
        />
      </div>
    </>
  );
}
