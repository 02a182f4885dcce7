import { type ReactNode, useState } from 'react';
import { Checkbox } from '../../ui/checkbox.tsx';
import { Labelled } from '../../ui/field.tsx';
import { Select } from '../../ui/select.tsx';
import { type DraftStep, idsOf, needsOf, possibleNeeds } from './draft.ts';
import styles from './editor.module.css';
import { stepTitle } from './kind-words.ts';

type When = 'before' | 'beside' | 'start' | 'these';

/** When a step starts: after the one before it, at the same time, at once, or after steps of one's choice. */
export function NeedsField(props: {
  readonly steps: readonly DraftStep[];
  readonly place: number;
  readonly problem: string | null;
  readonly onChange: (needs: string[] | undefined) => void;
}): ReactNode {
  const { steps, place, onChange } = props;
  const ids = idsOf(steps);
  const said = steps[place]?.step.needs;
  const beside = place === 0 ? [] : needsOf(steps, place - 1);
  const [chosen, setChosen] = useState<When | null>(null);
  // Steps of one's choice stay on view, also while they are those of another choice.
  const when = chosen === 'these' && said !== undefined ? 'these' : whenOf(said, place, ids[place - 1], beside);
  const possible = possibleNeeds(steps, place);
  const before = steps[place - 1];
  const choices: { readonly value: When; readonly label: string }[] = [
    { value: 'before', label: before === undefined ? 'First' : `After “${stepTitle(before.step)}”` },
    ...(before === undefined || beside.length === 0
      ? []
      : [{ value: 'beside' as const, label: `At the same time as “${stepTitle(before.step)}”` }]),
    { value: 'start', label: 'At once, waiting for nothing' },
    { value: 'these', label: 'After steps of your choice' },
  ];
  const choose = (next: When): void => {
    setChosen(next);
    if (next === 'before') onChange(undefined);
    else if (next === 'start') onChange([]);
    else if (next === 'beside') onChange([...beside]);
    else onChange([...(needsOf(steps, place).length > 0 ? needsOf(steps, place) : possible.slice(0, 1))]);
  };
  const waits = said ?? [];
  return (
    <div className={styles.wide}>
      <Labelled label="Starts" problem={props.problem}>
        {(field) => (
          <Select
            id={field.id}
            describedBy={field['aria-describedby']}
            value={when}
            options={choices}
            onChange={choose}
          />
        )}
      </Labelled>
      {when === 'these' ? (
        <fieldset className={styles.checks}>
          <legend className="sr">Waits for</legend>
          {ids.map((id, index) => {
            const step = steps[index]?.step;
            if (step === undefined || !(possible.includes(id) || waits.includes(id))) return null;
            return (
              <Checkbox
                key={id}
                label={stepTitle(step)}
                checked={waits.includes(id)}
                onChange={(on) => {
                  const next = ids.filter((one) => (one === id ? on : waits.includes(one)));
                  // With nothing chosen it would mean something else.
                  if (next.length > 0) onChange(next);
                }}
              />
            );
          })}
        </fieldset>
      ) : null}
    </div>
  );
}

function whenOf(
  said: readonly string[] | undefined,
  place: number,
  before: string | undefined,
  beside: readonly string[],
): When {
  if (said === undefined) return 'before';
  if (said.length === 0) return place === 0 ? 'before' : 'start';
  if (said.length === 1 && said[0] === before) return 'before';
  const alike = said.length === beside.length && said.every((one) => beside.includes(one));
  return alike ? 'beside' : 'these';
}
