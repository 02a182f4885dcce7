import type { ReactNode } from 'react';
import type { RoutineStep } from '../../../shared/domain/routine-file.ts';
import { cx } from '../../ui/cx.ts';
import { Field, Labelled } from '../../ui/field.tsx';
import { Select } from '../../ui/select.tsx';
import styles from './editor.module.css';

type Change = Pick<{ readonly [K in keyof RoutineStep]?: RoutineStep[K] | undefined }, 'run' | 'folder' | 'service'>;

/** A command: what is run, through a shell or word by word, and where. */
export function CommandFields(props: {
  readonly step: RoutineStep;
  readonly services: readonly string[];
  readonly fault: (field: string) => string | null;
  readonly onChange: (change: Change) => void;
}): ReactNode {
  const { step, fault, onChange } = props;
  const { run = '' } = step;
  const words = typeof run !== 'string';
  const text = words ? run.join('\n') : run;
  const named = step.service !== undefined && !props.services.includes(step.service) ? [step.service] : [];
  return (
    <>
      <div className={styles.wide}>
        <Labelled
          label={words ? 'Command, one word per line' : 'Command'}
          problem={fault('run')}
          hint="Shown to you word by word, and agreed to once, before it runs."
        >
          {(ids) => (
            <textarea
              {...ids}
              className={cx(styles.area, 'mono')}
              rows={Math.min(8, Math.max(2, text.split('\n').length))}
              spellCheck={false}
              autoComplete="off"
              value={text}
              aria-invalid={fault('run') === null ? undefined : true}
              onChange={(event) => onChange({ run: words ? event.target.value.split('\n') : event.target.value })}
            />
          )}
        </Labelled>
      </div>
      <Labelled label="Runs" problem={fault('service')}>
        {(ids) => (
          <Select
            id={ids.id}
            describedBy={ids['aria-describedby']}
            value={step.service ?? ''}
            options={[
              { value: '', label: 'On this machine' },
              ...[...props.services, ...named].map((one) => ({ value: one, label: `In the container of ${one}` })),
            ]}
            // A command in a container has no folder on this machine.
            onChange={(service) => onChange(service === '' ? { service: undefined } : { service, folder: undefined })}
          />
        )}
      </Labelled>
      {words ? (
        <p className={styles.aside}>Run without a shell, since it is written as a list.</p>
      ) : (
        <p className={styles.aside}>Run through the system&apos;s shell.</p>
      )}
      {step.service === undefined ? (
        <div className={styles.wide}>
          <Labelled label="In the folder" problem={fault('folder')}>
            {(ids) => (
              <Field
                {...ids}
                className="mono"
                value={step.folder ?? ''}
                invalid={fault('folder') !== null}
                placeholder="the one golden.yml is in"
                onChange={(event) => onChange({ folder: event.target.value === '' ? undefined : event.target.value })}
              />
            )}
          </Labelled>
        </div>
      ) : null}
    </>
  );
}
