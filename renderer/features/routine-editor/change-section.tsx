import type { ReactNode } from 'react';
import type { AppError } from '../../../shared/errors.ts';
import { DiffView } from '../../ui/diff-view.tsx';
import { ErrorNotice } from '../../ui/error-notice.tsx';
import { shortPath } from '../../ui/format.ts';
import styles from './editor.module.css';
import type { FileChange } from './use-change.ts';

/** What saving would write into golden.yml. */
export function ChangeSection(props: {
  readonly dirty: boolean;
  readonly change: FileChange | null;
  /** It is of what the fields say now. */
  readonly current: boolean;
  readonly error: AppError | null;
  readonly home: string | null;
}): ReactNode {
  const { change } = props;
  const empty = change === null || change.diff.trim() === '';
  return (
    <section aria-label="Change of golden.yml" aria-busy={!props.current}>
      <div className={styles.sideHead}>
        <h3 className="nowrap">What is written</h3>
        {change === null ? null : (
          <span className="mono-11 t3 trunc" title={change.file}>
            {shortPath(change.file, props.home)}
          </span>
        )}
      </div>
      {props.error === null ? null : <ErrorNotice error={props.error.toShape()} />}
      {!props.dirty || empty ? (
        <p className="t2 small">
          {props.dirty ? 'Nothing would change in the file.' : 'Nothing: it is as the file says.'}
        </p>
      ) : (
        <div className={styles.diff} data-current={props.current}>
          <DiffView label="Change of golden.yml" diff={change.diff} />
        </div>
      )}
    </section>
  );
}
