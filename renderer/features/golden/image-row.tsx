import { CircleX, RotateCcw, ShieldCheck, Trash2 } from 'lucide-react';
import type { ReactNode } from 'react';
import type { GoldenImageView } from '../../../shared/contract/golden.ts';
import { Badge } from '../../ui/badge.tsx';
import { IconButton } from '../../ui/button.tsx';
import { cx } from '../../ui/cx.ts';
import { formatAgo, formatBytes, formatExact, formatMoment } from '../../ui/format.ts';
import { GridCell, GridRow, RowActions } from '../../ui/grid.tsx';
import styles from './golden.module.css';
import { sharedBytes } from './golden-words.ts';

export type ImageAction = 'restore' | 'verify' | 'remove';

export function ImageRow(props: {
  readonly image: GoldenImageView;
  /** Size of the largest row, for the bars. */
  readonly largest: number;
  readonly selected: boolean;
  readonly now: number;
  readonly blocked: boolean;
  readonly onOpen: () => void;
  readonly onAction: (action: ImageAction) => void;
}): ReactNode {
  const { image, now, onAction } = props;
  return (
    <GridRow
      id={image.id}
      selected={props.selected}
      onOpen={props.onOpen}
      onKey={(event) => {
        if (event.ctrlKey || event.metaKey || event.altKey) return;
        if (event.key === 'r') onAction('restore');
        else if (event.key === 'v' && !props.blocked) onAction('verify');
        else if (event.key === 'Delete') onAction('remove');
        else return;
        event.preventDefault();
        event.stopPropagation();
      }}
    >
      <GridCell>
        <Name
          name={image.name}
          sub={image.note ?? (image.consistency === 'clean' ? 'clean' : 'crash-consistent')}
          mono
        />
      </GridCell>
      <GridCell className={styles.trust}>
        <Trust image={image} now={now} />
      </GridCell>
      <GridCell className={styles.size}>
        <Size own={image.ownBytes} total={image.bytes} shared={sharedBytes(image)} largest={props.largest} />
      </GridCell>
      <GridCell className={styles.commit}>
        {image.git === null ? (
          <span className="t3 small">–</span>
        ) : (
          <span
            className={styles.two}
            title={`${image.git.commit}${image.git.dirty ? ', with uncommitted changes' : ''}`}
          >
            <span className="mono">
              {image.git.commit.slice(0, 7)}
              {image.git.dirty ? '+' : ''}
            </span>
            <span className={styles.sub}>{image.git.branch ?? 'no branch'}</span>
          </span>
        )}
      </GridCell>
      <GridCell className={cx(styles.taken, 't3', 'small', 'num')} title={formatExact(image.createdAt)}>
        {formatAgo(image.createdAt, now)}
      </GridCell>
      <RowActions>
        <IconButton label="Restore…" keys="r" icon={RotateCcw} onClick={() => onAction('restore')} />
        <IconButton
          label="Verify"
          keys="v"
          icon={ShieldCheck}
          disabled={props.blocked}
          onClick={() => onAction('verify')}
        />
        <IconButton label="Delete…" icon={Trash2} onClick={() => onAction('remove')} />
      </RowActions>
    </GridRow>
  );
}

/** A name over one quiet line. */
export function Name(props: { readonly name: string; readonly sub: string; readonly mono?: boolean }): ReactNode {
  return (
    <span className={styles.two} title={`${props.name}\n${props.sub}`}>
      <span className={cx('strong', props.mono === true && 'mono')}>{props.name}</span>
      <span className={styles.sub}>{props.sub}</span>
    </span>
  );
}

export function Trust({ image, now }: { readonly image: GoldenImageView; readonly now: number }): ReactNode {
  if (image.damaged)
    return (
      <Badge tone="down" icon={CircleX} title="Its files are not what its manifest says.">
        Damaged
      </Badge>
    );
  if (image.verifiedAt === null) return <Badge tone="line">Not verified</Badge>;
  return (
    <Badge
      tone="healthy"
      icon={ShieldCheck}
      title={`Every file compared with its hash, ${formatExact(image.verifiedAt)}`}
    >
      Verified {formatMoment(image.verifiedAt, now)}
    </Badge>
  );
}

/** Own part dark, shared part light, as long as it is large beside the others. */
export function Size(props: {
  readonly own: number | null;
  readonly shared: number | null;
  readonly total: number;
  readonly largest: number;
}): ReactNode {
  const { own, shared, total, largest } = props;
  const part = (bytes: number): string => `${largest === 0 ? 0 : (bytes / largest) * 100}%`;
  return (
    <>
      <span className={styles.bar} aria-hidden>
        {own === null ? (
          <span className={styles.barOwn} style={{ width: part(total) }} />
        ) : (
          <>
            <span className={styles.barOwn} style={{ width: part(own) }} />
            <span className={styles.barShared} style={{ width: part(shared ?? 0) }} />
          </>
        )}
      </span>
      <span
        className="small tn nowrap"
        title={own === null ? 'What it shares with others only the file system knows' : undefined}
      >
        {formatBytes(own ?? total)}
        {shared === null || shared < 1000 ? null : <span className="t3"> + {formatBytes(shared)}</span>}
      </span>
    </>
  );
}
