import { type ReactNode, useEffect, useMemo, useRef, useState } from 'react';
import { isDefaultRoutine } from '../../../shared/domain/routine-defaults.ts';
import { useQuery } from '../../client/hooks.ts';
import { Button } from '../../ui/button.tsx';
import { type Command, useCommands } from '../../ui/commands.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { DiffView } from '../../ui/diff-view.tsx';
import { ErrorNotice } from '../../ui/error-notice.tsx';
import { count } from '../../ui/format.ts';
import styles from './editor.module.css';
import { useSave } from './use-change.ts';
import type { EditedRoutine } from './use-draft.ts';

/** Save, take back, and how it stands. */
export function EditorFoot(props: {
  readonly environmentId: string;
  readonly routine: string;
  readonly edited: EditedRoutine;
  /** It is not in the file, and none of ours. */
  readonly fresh: boolean;
  readonly inFile: boolean;
  readonly faults: number;
  /** What would be written is known for what the fields say now. */
  readonly ready: boolean;
  readonly onWritten: () => void;
  readonly onRemoved: () => void;
}): ReactNode {
  const { environmentId, routine, edited, faults, ready } = props;
  const write = useSave(environmentId, routine);
  const [asking, setAsking] = useState(false);
  const [written, setWritten] = useState(false);
  const may = edited.dirty && ready && faults === 0;
  const save = async (): Promise<void> => {
    const wanted = edited.declaration;
    if ((await write.save(wanted)) === undefined) return;
    edited.settle(wanted);
    setWritten(true);
    props.onWritten();
  };
  const takeOut = async (): Promise<void> => {
    if ((await write.save(null)) === undefined) return;
    setAsking(false);
    edited.discard();
    if (isDefaultRoutine(routine)) props.onWritten();
    else props.onRemoved();
  };
  const discard = (): void => {
    edited.discard();
    if (props.fresh) props.onRemoved();
  };
  const latest = useRef(save);
  useEffect(() => {
    latest.current = save;
  });
  const commands = useMemo(
    (): readonly Command[] =>
      may
        ? [
            {
              id: 'routine-edit.save',
              title: 'Save the routine',
              group: 'Actions',
              keys: 'mod+s',
              keywords: ['golden.yml', 'write'],
              run: () => void latest.current(),
            },
          ]
        : [],
    [may],
  );
  useCommands(commands);
  const ours = isDefaultRoutine(routine);
  return (
    <footer className={styles.foot}>
      {write.error === null || asking ? null : <ErrorNotice error={write.error.toShape()} onDismiss={write.clear} />}
      <div className="row">
        <Button kind="primary" busy={write.busy} disabled={!may} onClick={() => void save()}>
          Save to golden.yml
        </Button>
        {edited.dirty ? (
          <Button kind="ghost" onClick={discard}>
            {props.fresh ? 'Drop it' : 'Discard changes'}
          </Button>
        ) : null}
        <span className="t3 small grow" role="status">
          {statusWords(edited.dirty, faults, written)}
        </span>
        {props.inFile ? (
          <Button kind="ghost" danger onClick={() => setAsking(true)}>
            {ours ? 'Back to ours…' : 'Remove…'}
          </Button>
        ) : null}
      </div>
      <TakeOut
        {...props}
        open={asking}
        ours={ours}
        busy={write.busy}
        error={write.error === null ? null : write.error.toShape()}
        onClose={() => {
          write.clear();
          setAsking(false);
        }}
        onTakeOut={() => void takeOut()}
      />
    </footer>
  );
}

function statusWords(dirty: boolean, faults: number, written: boolean): string {
  if (faults > 0) return `${count(faults, 'mistake')} to correct before it can be saved.`;
  if (dirty) return 'Not saved. It is kept here while you look elsewhere.';
  return written
    ? 'Saved. Nothing was run; new or changed commands are shown to you before the next run.'
    : 'Saving writes the file and runs nothing.';
}

function TakeOut(props: {
  readonly environmentId: string;
  readonly routine: string;
  readonly open: boolean;
  readonly ours: boolean;
  readonly busy: boolean;
  readonly error: Parameters<typeof ErrorNotice>[0]['error'] | null;
  readonly onClose: () => void;
  readonly onTakeOut: () => void;
}): ReactNode {
  const { environmentId, routine, ours } = props;
  const change = useQuery(props.open ? `take out ${environmentId} ${routine}` : null, (api, options) =>
    api.routines.previewSave({ environmentId, routine, declaration: null }, options),
  );
  const error = props.error ?? change.error?.toShape() ?? null;
  return (
    <Dialog
      open={props.open}
      onClose={props.onClose}
      title={ours ? 'Back to ours' : `Remove ${routine}`}
      foot={
        <>
          <Button kind="ghost" onClick={props.onClose}>
            Keep it
          </Button>
          <Button danger busy={props.busy} disabled={change.data === null} onClick={props.onTakeOut}>
            Take it out of golden.yml
          </Button>
        </>
      }
    >
      <p className={styles.goes}>
        {ours
          ? 'It is done as it is without being declared again. These lines go; the history of its runs stays.'
          : 'These lines go, and with them the routine. The history of its runs stays.'}
      </p>
      {error === null ? null : <ErrorNotice error={error} />}
      {change.data === null ? null : <DiffView label="What goes" diff={change.data.diff} />}
    </Dialog>
  );
}
