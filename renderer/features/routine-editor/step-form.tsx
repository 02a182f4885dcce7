import type { ReactNode } from 'react';
import type { Vocabulary } from '../../../shared/contract/routines.ts';
import type { RoutineStep } from '../../../shared/domain/routine-file.ts';
import { Checkbox } from '../../ui/checkbox.tsx';
import { Field, Labelled } from '../../ui/field.tsx';
import { CommandFields } from './command-fields.tsx';
import { ConditionField } from './condition-field.tsx';
import { changeOption, changeStep, type Draft } from './draft.ts';
import styles from './editor.module.css';
import { type Fault, faultAt } from './faults.ts';
import { kindOf, kindWords } from './kind-words.ts';
import { NeedsField } from './needs-field.tsx';
import { optionFields, otherOptions } from './option-fields.ts';
import { KeptAsWritten, OptionFields } from './option-form.tsx';
import { pauseOf, retriesOf, timesOf } from './retries.ts';

/** Everything about one step. */
export function StepForm(props: {
  readonly draft: Draft;
  readonly place: number;
  readonly vocabulary: Vocabulary;
  readonly services: readonly string[];
  readonly faults: readonly Fault[];
  readonly onChange: (edit: (draft: Draft) => Draft) => void;
}): ReactNode {
  const { draft, place, faults, onChange } = props;
  const entry = draft.steps[place];
  if (entry === undefined) return null;
  const { key, step } = entry;
  const kind = kindOf(step);
  const set = (change: { readonly [K in keyof RoutineStep]?: RoutineStep[K] | undefined }): void =>
    onChange((before) => changeStep(before, key, change));
  const fault = (field: string): string | null => faultAt(faults, place, field);
  const text = (value: string): string | undefined => (value === '' ? undefined : value);
  const kept = [
    ...(step.environment === undefined ? [] : [['environment', step.environment] as const]),
    ...otherOptions(kind, step.with),
  ];
  const fields = new Set([
    ...['title', 'needs', 'if', 'timeout', 'retries'],
    ...(kind === 'run' ? ['run', 'service', 'folder'] : optionFields[kind].map((one) => `with.${one.key}`)),
    ...kept.map(([name]) => `with.${name}`),
  ]);
  const elsewhere = faults.filter((one) => one.step === place && !fields.has(one.field));
  return (
    <fieldset className={styles.form}>
      <legend className="sr">Step {place + 1}</legend>
      <p className={styles.about}>{kindWords[kind].about}</p>
      {elsewhere.map((one) => (
        <p key={`${one.field} ${one.message}`} className={styles.fault} role="alert">
          {one.message}
        </p>
      ))}
      <div className={styles.wide}>
        <Labelled label="Title" problem={fault('title')}>
          {(ids) => (
            <Field
              {...ids}
              value={step.title ?? ''}
              maxLength={120}
              placeholder={kindWords[kind].title}
              onChange={(event) => set({ title: text(event.target.value) })}
            />
          )}
        </Labelled>
      </div>
      {kind === 'run' ? (
        <CommandFields step={step} services={props.services} fault={fault} onChange={set} />
      ) : (
        <OptionFields
          kind={kind}
          options={step.with}
          services={props.services}
          fault={fault}
          onChange={(option, value) => onChange((before) => changeOption(before, key, option, value))}
        />
      )}
      <NeedsField
        key={`needs ${key}`}
        steps={draft.steps}
        place={place}
        problem={fault('needs')}
        onChange={(needs) => set({ needs })}
      />
      <div className={styles.wide}>
        <ConditionField
          value={step.if ?? ''}
          facts={props.vocabulary.facts}
          problem={fault('if')}
          onChange={(value) => set({ if: text(value) })}
        />
      </div>
      <Labelled label="Give up after" problem={fault('timeout')} hint="Such as 90s or 5m">
        {(ids) => (
          <Field
            {...ids}
            value={step.timeout ?? ''}
            invalid={fault('timeout') !== null}
            placeholder="as usual for its kind"
            onChange={(event) => set({ timeout: text(event.target.value.trim()) })}
          />
        )}
      </Labelled>
      <div className={styles.pair}>
        <Labelled label="Try again" problem={fault('retries')}>
          {(ids) => (
            <Field
              {...ids}
              inputMode="numeric"
              maxLength={2}
              value={timesOf(step.retries)}
              invalid={fault('retries') !== null}
              placeholder="0"
              end={<span className="t3 small">times</span>}
              onChange={(event) => set({ retries: retriesOf(step.retries, event.target.value, pauseOf(step.retries)) })}
            />
          )}
        </Labelled>
        <Labelled label="Pause in between">
          {(ids) => (
            <Field
              {...ids}
              value={pauseOf(step.retries)}
              disabled={timesOf(step.retries) === ''}
              placeholder="2s, doubling"
              onChange={(event) =>
                set({ retries: retriesOf(step.retries, timesOf(step.retries), event.target.value.trim()) })
              }
            />
          )}
        </Labelled>
      </div>
      <div className={styles.flags}>
        <Checkbox
          label="Asks before it does anything"
          checked={step.ask === true}
          onChange={(on) => set({ ask: on ? true : undefined })}
        />
        <Checkbox
          label="May fail: a remark, and what follows goes on"
          checked={step.optional === true}
          onChange={(on) => set({ optional: on ? true : undefined })}
        />
      </div>
      <KeptAsWritten entries={kept} fault={fault} />
    </fieldset>
  );
}
