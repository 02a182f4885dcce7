import { type KeyboardEvent, type ReactNode, useId, useRef, useState } from 'react';
import type { Vocabulary } from '../../../shared/contract/routines.ts';
import { Field, Labelled } from '../../ui/field.tsx';
import styles from './editor.module.css';
import { complete, suggest } from './suggest.ts';

/** A condition as text, with the facts that may stand where the caret is. */
export function ConditionField(props: {
  readonly value: string;
  readonly facts: Vocabulary['facts'];
  readonly problem: string | null;
  readonly onChange: (value: string) => void;
}): ReactNode {
  const { value, facts } = props;
  const list = useId();
  const input = useRef<HTMLInputElement>(null);
  const [caret, setCaret] = useState<number | null>(null);
  const [active, setActive] = useState(0);
  const found = caret === null ? null : suggest(value, caret, facts);
  const options = found?.facts ?? [];
  const open = options.length > 0;
  const at = Math.min(active, options.length - 1);
  const take = (index: number): void => {
    const fact = options[index];
    if (found === null || fact === undefined) return;
    props.onChange(complete(value, found, fact));
    setCaret(null);
    input.current?.focus();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'ArrowDown' && !open) {
      setCaret(input.current?.selectionStart ?? value.length);
      setActive(0);
      event.preventDefault();
      return;
    }
    if (!open) return;
    if (event.key === 'ArrowDown') setActive((at + 1) % options.length);
    else if (event.key === 'ArrowUp') setActive((at + options.length - 1) % options.length);
    else if (event.key === 'Enter') take(at);
    else if (event.key === 'Escape') setCaret(null);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <Labelled
      label="Only if"
      problem={props.problem}
      hint="Empty: always. What cannot be told makes a comparison false."
    >
      {(ids) => (
        <div className={styles.combo}>
          <Field
            {...ids}
            ref={input}
            className="mono"
            role="combobox"
            aria-expanded={open}
            aria-controls={list}
            aria-autocomplete="list"
            aria-activedescendant={open ? `${list}-${at}` : undefined}
            value={value}
            invalid={props.problem !== null}
            placeholder="data.changed > 50MiB and not on.battery"
            onChange={(event) => {
              props.onChange(event.target.value);
              setCaret(event.target.selectionStart);
              setActive(0);
            }}
            onClick={() => setCaret(input.current?.selectionStart ?? null)}
            onBlur={() => setCaret(null)}
            onKeyDown={onKeyDown}
          />
          <div id={list} role="listbox" aria-label="What may stand here" className={styles.facts} hidden={!open}>
            {options.map((fact, index) => (
              <div
                key={fact.name}
                id={`${list}-${index}`}
                role="option"
                tabIndex={-1}
                aria-selected={index === at}
                onMouseDown={(event) => {
                  event.preventDefault();
                  take(index);
                }}
              >
                <span className="mono">{fact.name}</span>
                <span className="t3 small">{fact.about}</span>
              </div>
            ))}
          </div>
        </div>
      )}
    </Labelled>
  );
}
