import { type ReactNode, useState } from 'react';
import type { RoutineView } from '../../../shared/contract/routines.ts';
import type { Schedule } from '../../../shared/domain/routine-file.ts';
import { useAction } from '../../client/hooks.ts';
import { Button } from '../../ui/button.tsx';
import { ErrorNotice } from '../../ui/error-notice.tsx';
import { formatMoment } from '../../ui/format.ts';
import { useNow } from '../../ui/use-now.ts';
import styles from './editor.module.css';
import { same } from './same.ts';
import { ScheduleFields } from './schedule-fields.tsx';
import { formOf, scheduleOf, scheduleWords } from './schedule-form.ts';

/** When a routine starts by itself on this machine, and what golden.yml proposes to everybody. */
export function ScheduleSection(props: {
  readonly environmentId: string;
  readonly routine: string;
  /** Null: it is not saved yet, so nothing can start it. */
  readonly view: RoutineView | null;
  /** Of the file as it is saved. */
  readonly proposed: Schedule | null;
  /** Of what is being edited. */
  readonly draft: Schedule | null;
  readonly onPropose: (schedule: Schedule | null) => void;
  readonly onChanged: () => void;
}): ReactNode {
  const { environmentId, routine, view, proposed } = props;
  const now = useNow();
  const set = useAction();
  const [editing, setEditing] = useState(false);
  const schedule = view?.schedule ?? null;
  const on = schedule?.enabled === true;
  const own = schedule?.from === 'user';
  const write = async (wanted: Schedule | null, enabled: boolean): Promise<void> => {
    const done = await set.run(async (client) => {
      await client.call((api, options) =>
        api.routines.schedule({ environmentId, routine, schedule: wanted, enabled }, options),
      );
      return true;
    });
    if (done !== true) return;
    setEditing(false);
    props.onChanged();
  };
  const shownFromFile = schedule !== null && !own ? schedule.schedule : null;
  const kept = own ? schedule.schedule : null;
  return (
    <section aria-label="When it starts">
      <div className={styles.sideHead}>
        <h3>When it starts</h3>
        {view === null || editing ? null : (
          <Button kind="ghost" size="small" onClick={() => setEditing(true)}>
            {schedule === null ? 'Set a time' : 'Change'}
          </Button>
        )}
      </div>
      {set.error === null ? null : <ErrorNotice error={set.error.toShape()} onDismiss={set.clear} />}
      {view === null ? (
        <p className="t2 small">When you start it. Save it first to have it start by itself.</p>
      ) : editing ? (
        <ScheduleEditor
          routine={routine}
          schedule={schedule?.schedule ?? null}
          proposed={proposed}
          busy={set.busy}
          onSave={(wanted) => void write(wanted, true)}
          onPropose={(wanted) => {
            props.onPropose(wanted);
            setEditing(false);
          }}
          onCancel={() => setEditing(false)}
        />
      ) : schedule === null ? (
        <p className="t2 small">When you start it. golden.yml proposes nothing else.</p>
      ) : (
        <>
          <p>{scheduleWords(schedule.schedule)}</p>
          <p className="t3 small">
            {on
              ? `${own ? 'Your own time, on this machine.' : 'As golden.yml proposes, turned on by you.'} ${
                  schedule.nextAt === null ? '' : `Next ${formatMoment(schedule.nextAt, now)}.`
                }`
              : own
                ? 'Your own time, turned off: it starts when you start it.'
                : 'golden.yml proposes this. It starts by itself once you turn it on.'}
          </p>
          {schedule.skipped === null ? null : (
            <p className="t2 small">
              Left out {formatMoment(schedule.skipped.at, now)}: {schedule.skipped.reason}.
            </p>
          )}
          <div className={styles.buttons}>
            <Button size="small" busy={set.busy} onClick={() => void write(kept, !on)}>
              {on ? 'Turn off' : 'Turn on'}
            </Button>
            {own && proposed !== null ? (
              <Button size="small" kind="ghost" disabled={set.busy} onClick={() => void write(null, on)}>
                As golden.yml proposes
              </Button>
            ) : null}
          </div>
        </>
      )}
      {props.draft === null || editing ? null : same(props.draft, shownFromFile) ? (
        <Button size="small" kind="ghost" className={styles.takeOut} onClick={() => props.onPropose(null)}>
          Take this time out of golden.yml
        </Button>
      ) : (
        <p className={styles.proposal}>
          <span className="t3 small">Proposed in golden.yml: {scheduleWords(props.draft)}</span>
          <Button size="small" kind="ghost" onClick={() => props.onPropose(null)}>
            Take out
          </Button>
        </p>
      )}
    </section>
  );
}

function ScheduleEditor(props: {
  readonly routine: string;
  readonly schedule: Schedule | null;
  readonly proposed: Schedule | null;
  readonly busy: boolean;
  readonly onSave: (schedule: Schedule) => void;
  readonly onPropose: (schedule: Schedule) => void;
  readonly onCancel: () => void;
}): ReactNode {
  const usual =
    props.routine === 'morning'
      ? ({ when: 'ready_by', time: '08:45' } as const)
      : ({ when: 'at', time: props.routine === 'evening' ? '18:00' : '12:00' } as const);
  const [form, setForm] = useState(() => formOf(props.schedule, usual));
  const result = scheduleOf(form);
  return (
    <form
      className={styles.schedule}
      aria-label="When it starts"
      onSubmit={(event) => {
        event.preventDefault();
        if (result.ok) props.onSave(result.schedule);
      }}
    >
      <ScheduleFields
        form={form}
        problem={result.ok ? null : result}
        onChange={(change) => setForm((last) => ({ ...last, ...change }))}
      />
      <div className={styles.buttons}>
        <Button type="submit" busy={props.busy} disabled={!result.ok}>
          Turn on
        </Button>
        <Button
          kind="ghost"
          disabled={!result.ok}
          title="Everybody decides on their machine whether it starts by itself."
          onClick={() => (result.ok ? props.onPropose(result.schedule) : undefined)}
        >
          Propose in golden.yml
        </Button>
        <Button kind="ghost" onClick={props.onCancel}>
          Cancel
        </Button>
      </div>
    </form>
  );
}
