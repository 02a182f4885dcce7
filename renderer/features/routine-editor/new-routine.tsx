import { type ReactNode, useState } from 'react';
import type { Routine } from '../../../shared/domain/routine-file.ts';
import { useQuery } from '../../client/hooks.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { ErrorNotice } from '../../ui/error-notice.tsx';
import { Field, Labelled } from '../../ui/field.tsx';
import { draftOf } from './draft.ts';
import { useDrafts } from './drafts.ts';
import styles from './editor.module.css';
import { nameFault } from './routine-name.ts';

const blank: Routine = { steps: [{ uses: 'engine' }, { uses: 'stack.up' }, { uses: 'ready' }] };

/** A routine of one's own, from a template. Nothing is written before it is saved. */
export function NewRoutine(props: {
  readonly environmentId: string;
  readonly open: boolean;
  readonly taken: readonly string[];
  readonly onClose: () => void;
  readonly onMade: (name: string) => void;
}): ReactNode {
  const drafts = useDrafts(props.environmentId);
  const templates = useQuery(props.open ? 'templates' : null, (api, options) =>
    api.routines.templates(undefined, options),
  );
  const [chosen, setChosen] = useState<string | null>(null);
  const [name, setName] = useState('');
  const [said, setSaid] = useState(false);
  const own = (templates.data ?? []).filter((one) => one.name !== 'morning' && one.name !== 'evening');
  const template = own.find((one) => one.name === chosen) ?? null;
  const fault = nameFault(name, props.taken);
  const make = (): void => {
    setSaid(true);
    if (fault !== null) return;
    const from = template?.declaration ?? { ...blank, title: name };
    drafts.keep(name, { base: null, draft: draftOf(from) });
    setName('');
    setChosen(null);
    setSaid(false);
    props.onMade(name);
  };
  const choose = (next: string | null): void => {
    // A name that was typed stays.
    const proposed = own.some((one) => one.name === name) || name === '';
    setChosen(next);
    if (proposed) setName(next ?? '');
  };
  return (
    <Dialog
      open={props.open}
      onClose={props.onClose}
      title="New routine"
      className={styles.dialog}
      foot={
        <>
          <Button kind="ghost" onClick={props.onClose}>
            Cancel
          </Button>
          <Button kind="primary" onClick={make}>
            Begin
          </Button>
        </>
      }
    >
      {templates.error === null ? null : <ErrorNotice error={templates.error.toShape()} />}
      <fieldset className={styles.templates}>
        <legend>Begin with</legend>
        {[
          { name: null, title: 'Nothing much', about: 'Docker, start, ready. Add your own steps.' },
          ...own.map((one) => ({ name: one.name, title: one.title, about: one.about })),
        ].map((one) => (
          <label key={one.name ?? ''}>
            <input type="radio" name="template" checked={chosen === one.name} onChange={() => choose(one.name)} />
            <span>
              <span className="strong">{one.title}</span>
              <span className="t2 small">{one.about}</span>
            </span>
          </label>
        ))}
      </fieldset>
      <Labelled
        label="Name"
        problem={said ? fault : null}
        hint={`Its name in golden.yml, and on the command line: golden run ${name === '' ? 'NAME' : name}`}
      >
        {(ids) => (
          <Field
            {...ids}
            className="mono"
            maxLength={60}
            value={name}
            placeholder="friday"
            invalid={said && fault !== null}
            onChange={(event) => setName(event.target.value)}
            onKeyDown={(event) => {
              if (event.key === 'Enter') make();
            }}
          />
        )}
      </Labelled>
    </Dialog>
  );
}
