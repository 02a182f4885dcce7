import type { ReactNode } from 'react';
import type { StepKind } from '../../../shared/domain/routine-file.ts';
import { Checkbox } from '../../ui/checkbox.tsx';
import { Field, Labelled } from '../../ui/field.tsx';
import { Select } from '../../ui/select.tsx';
import styles from './editor.module.css';
import { type OptionField, optionFields, optionText, optionValue } from './option-fields.ts';

type Options = Readonly<Record<string, unknown>> | undefined;

/** The options of a kind of step. */
export function OptionFields(props: {
  readonly kind: StepKind;
  readonly options: Options;
  readonly services: readonly string[];
  readonly fault: (field: string) => string | null;
  readonly onChange: (option: string, value: unknown) => void;
}): ReactNode {
  return optionFields[props.kind].map((field) => (
    <OptionInput key={field.key} {...props} field={field} value={props.options?.[field.key]} />
  ));
}

function OptionInput(props: {
  readonly field: OptionField;
  readonly value: unknown;
  readonly services: readonly string[];
  readonly fault: (field: string) => string | null;
  readonly onChange: (option: string, value: unknown) => void;
}): ReactNode {
  const { field, value } = props;
  const problem = props.fault(`with.${field.key}`);
  const set = (next: unknown): void => props.onChange(field.key, next);
  if (field.as === 'services') return <ServicesInput {...props} />;
  if (field.as === 'flag')
    return (
      <div className={styles.wide}>
        <Checkbox label={field.label} checked={value === true} onChange={(on) => set(on ? true : undefined)} />
      </div>
    );
  const text = optionText(field, value);
  // What it cannot show is shown below, as it is written.
  if (text === null) return null;
  return (
    <Labelled label={field.label} problem={problem} hint={field.hint}>
      {(ids) =>
        field.as === 'choice' ? (
          <Select
            id={ids.id}
            describedBy={ids['aria-describedby']}
            value={text}
            options={field.choices}
            onChange={(chosen) => set(optionValue(field, chosen))}
          />
        ) : (
          <Field
            {...ids}
            value={text}
            invalid={problem !== null}
            placeholder={field.placeholder}
            onChange={(event) => set(optionValue(field, event.target.value))}
          />
        )
      }
    </Labelled>
  );
}

function ServicesInput(props: {
  readonly field: OptionField;
  readonly value: unknown;
  readonly services: readonly string[];
  readonly fault: (field: string) => string | null;
  readonly onChange: (option: string, value: unknown) => void;
}): ReactNode {
  const { field } = props;
  if (props.value !== undefined && !Array.isArray(props.value)) return null;
  const chosen: readonly unknown[] = props.value ?? [];
  const problem = props.fault(`with.${field.key}`);
  const all = [...new Set([...props.services, ...chosen.filter((one) => typeof one === 'string')])];
  const set = (name: string, on: boolean): void => {
    const next = all.filter((one) => (one === name ? on : chosen.includes(one)));
    props.onChange(field.key, next.length === 0 ? undefined : next);
  };
  return (
    <div className={styles.wide}>
      <fieldset className={styles.checks}>
        <legend>{field.label}</legend>
        {all.map((one) => (
          <Checkbox key={one} label={one} checked={chosen.includes(one)} onChange={(on) => set(one, on)} />
        ))}
      </fieldset>
      <p className={problem === null ? styles.hint : styles.fault} role={problem === null ? undefined : 'alert'}>
        {problem ?? (chosen.length === 0 ? 'None chosen: all of them.' : null)}
      </p>
    </div>
  );
}

/** What no field shows: it stays as it is, and can be changed in the file. */
export function KeptAsWritten(props: {
  readonly entries: readonly (readonly [string, unknown])[];
  readonly fault: (field: string) => string | null;
}): ReactNode {
  if (props.entries.length === 0) return null;
  return (
    <div className={styles.wide}>
      <p className={styles.hint}>Kept as it is written in golden.yml:</p>
      <ul className={styles.written}>
        {props.entries.map(([key, value]) => (
          <li key={key}>
            <span className="mono-11 sel">
              {key}: {JSON.stringify(value)}
            </span>
            {props.fault(`with.${key}`) === null ? null : (
              <p className={styles.fault} role="alert">
                {props.fault(`with.${key}`)}
              </p>
            )}
          </li>
        ))}
      </ul>
    </div>
  );
}
