import type { ReactNode } from 'react';
import type { GoldenImageView } from '../../../shared/contract/golden.ts';
import { useOperationAction } from '../../client/use-operation.ts';
import { Button } from '../../ui/button.tsx';
import { ErrorNotice } from '../../ui/error-notice.tsx';
import { formatBytes } from '../../ui/format.ts';
import { Panel } from '../../ui/panel.tsx';
import styles from './golden.module.css';
import { OperationOutcome } from './operation-outcome.tsx';

/** Deletes an image for good, after saying what is lost. */
export function RemovePanel(props: { readonly image: GoldenImageView; readonly onClose: () => void }): ReactNode {
  const { image } = props;
  const action = useOperationAction();
  const size = image.ownBytes ?? image.bytes;
  return (
    <Panel
      label={`Delete ${image.name}`}
      title={
        <span className={styles.panelTitle}>
          <span>Delete</span>
          <span className="mono t2 trunc" title={image.name}>
            {image.name}
          </span>
        </span>
      }
      onClose={props.onClose}
      foot={
        <>
          {action.error === null ? null : <ErrorNotice error={action.error.toShape()} onDismiss={action.clear} />}
          {action.operation === null ? null : <OperationOutcome operation={action.operation} />}
          <div className={styles.buttons}>
            <Button
              danger
              busy={action.busy}
              disabled={action.operation !== null && action.operation.state === 'done'}
              onClick={() =>
                void action.start((api, options) => api.golden.remove({ imageId: image.id, name: image.name }, options))
              }
            >
              Delete this image
            </Button>
            <span className="grow" />
            <Button kind="ghost" onClick={props.onClose}>
              Keep it
            </Button>
          </div>
        </>
      }
    >
      <div className={styles.detail}>
        <p>
          The image is gone for good: it cannot be restored any more, and this cannot be undone.
          {image.ownBytes === null ? ` It holds ${formatBytes(size)}.` : ` It frees ${formatBytes(size)}.`}
        </p>
        <p className="t2 small">
          The current state, the undo point and other images keep what they share with it. Nothing that runs is touched.
        </p>
      </div>
    </Panel>
  );
}
