import { RotateCcw, ShieldCheck, Trash2 } from 'lucide-react';
import type { ReactNode } from 'react';
import type { GoldenImageView } from '../../../shared/contract/golden.ts';
import { Moment } from '../../ui/ago.tsx';
import { Button } from '../../ui/button.tsx';
import { Facts } from '../../ui/facts.tsx';
import { formatBytes } from '../../ui/format.ts';
import { Panel } from '../../ui/panel.tsx';
import { useNow } from '../../ui/use-now.ts';
import styles from './golden.module.css';
import { consistencyWords, sharedBytes } from './golden-words.ts';
import { type ImageAction, Trust } from './image-row.tsx';

/** Everything about one image, and what can be done with it. */
export function ImagePanel(props: {
  readonly image: GoldenImageView;
  readonly parent: GoldenImageView | null;
  readonly busy: boolean;
  readonly blocked: boolean;
  readonly onAction: (action: ImageAction) => void;
  readonly onClose: () => void;
}): ReactNode {
  const { image, onAction } = props;
  const now = useNow();
  const shared = sharedBytes(image);
  return (
    <Panel
      label={image.name}
      title={
        <span className={`${styles.panelName} mono`} title={image.name}>
          {image.name}
        </span>
      }
      onClose={props.onClose}
      foot={
        <div className={styles.buttons}>
          <Button icon={RotateCcw} onClick={() => onAction('restore')}>
            Restore…
          </Button>
          <Button
            kind="ghost"
            icon={ShieldCheck}
            busy={props.busy}
            disabled={props.blocked && !props.busy}
            onClick={() => onAction('verify')}
          >
            Verify
          </Button>
          <span className="grow" />
          <Button kind="ghost" danger icon={Trash2} onClick={() => onAction('remove')}>
            Delete…
          </Button>
        </div>
      }
    >
      <div className={styles.detail}>
        {image.note === null ? null : <p className="sel">{image.note}</p>}
        <div>
          <Trust image={image} now={now} />
        </div>
        <Facts
          wrap
          items={[
            {
              term: 'Taken',
              value: (
                <>
                  <Moment at={image.createdAt} /> by {image.createdBy}
                </>
              ),
            },
            { term: 'Consistency', value: consistencyWords(image) },
            {
              term: 'Size',
              value:
                shared === null || shared < 1000
                  ? formatBytes(image.bytes)
                  : `${formatBytes(image.ownBytes ?? 0)} own, ${formatBytes(shared)} shared`,
            },
            props.parent === null ? null : { term: 'Came from', value: props.parent.name, mono: true },
            image.git === null
              ? null
              : {
                  term: 'Commit',
                  value: `${image.git.commit.slice(0, 10)}${image.git.branch === null ? '' : ` on ${image.git.branch}`}${image.git.dirty ? ', with uncommitted changes' : ''}`,
                },
            { term: 'App version', value: image.appVersion },
          ]}
        />
        <section aria-label="Data">
          <h3>Data</h3>
          <ul className={styles.volumes}>
            {image.volumes.map((volume) => (
              <li key={volume.key}>
                <span className="trunc" title={volume.digest}>
                  {volume.key}
                  <span className="t3"> of {volume.services.join(', ')}</span>
                </span>
                <span className="tn t3" title={`${volume.files.toLocaleString('en')} files`}>
                  {formatBytes(volume.bytes)}
                </span>
              </li>
            ))}
          </ul>
        </section>
        {image.images.length === 0 ? null : (
          <section aria-label="Container images">
            <h3>Ran with</h3>
            <ul className={styles.volumes}>
              {image.images.map((one) => (
                <li key={one.service}>
                  <span className="trunc">{one.service}</span>
                  <span className="mono-11 t3 trunc" title={`${one.reference}\n${one.imageId}`}>
                    {one.reference}
                  </span>
                </li>
              ))}
            </ul>
          </section>
        )}
      </div>
    </Panel>
  );
}
