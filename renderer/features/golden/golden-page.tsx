import { Camera, Undo2 } from 'lucide-react';
import { type ReactNode, useEffect, useMemo, useState } from 'react';
import type { EnvironmentView } from '../../../shared/contract/environments.ts';
import { useAppState, useEnvironments, useQuery } from '../../client/hooks.ts';
import { useOperationAction, useOperationFor } from '../../client/use-operation.ts';
import { Button, IconButton } from '../../ui/button.tsx';
import { type Command, useCommands } from '../../ui/commands.ts';
import { cx } from '../../ui/cx.ts';
import { EmptyState } from '../../ui/empty-state.tsx';
import { ErrorNotice } from '../../ui/error-notice.tsx';
import { formatExact, formatMoment } from '../../ui/format.ts';
import { Grid, GridCell, GridHead, GridHeading, GridRow, RowActions } from '../../ui/grid.tsx';
import { Keys } from '../../ui/kbd.tsx';
import { ScrollRegion } from '../../ui/scroll-region.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { useNow } from '../../ui/use-now.ts';
import { useWorkbench, useWorkbenchActions } from '../../ui/workbench.ts';
import { CapturePanel } from './capture-panel.tsx';
import styles from './golden.module.css';
import { storeWords } from './golden-words.ts';
import { currentId, historyRows, undoId } from './history.ts';
import { ImagePanel } from './image-panel.tsx';
import { type ImageAction, ImageRow, Name, Size } from './image-row.tsx';
import { LineageDrawing } from './lineage-drawing.tsx';
import { RemovePanel } from './remove-panel.tsx';
import { RestorePanel } from './restore-panel.tsx';

/** The golden images of the environment the window is about. */
export function GoldenPage(): ReactNode {
  const known = useAppState(() => true) === true;
  const chosen = useWorkbench((state) => state.environmentId);
  const environments = useEnvironments();
  const { navigate } = useWorkbenchActions();
  const environment = environments.find((one) => one.id === chosen) ?? environments[0] ?? null;
  if (!known) return <Skeleton lines={5} />;
  if (environment === null)
    return (
      <EmptyState
        title="No stack yet"
        text="Golden images keep the data of a stack. Add one first."
        actions={
          <Button kind="primary" onClick={() => navigate({ page: 'add-stack', folder: null })}>
            Add a stack
          </Button>
        }
      />
    );
  return <Images key={environment.id} environment={environment} />;
}

type Side =
  | { readonly kind: 'capture' }
  | { readonly kind: 'undo' }
  | { readonly kind: 'image' | 'restore' | 'remove'; readonly imageId: string }
  | null;

const none: readonly never[] = [];

function Images({ environment }: { readonly environment: EnvironmentView }): ReactNode {
  const { id } = environment;
  const all = useAppState((state) => state.images) ?? none;
  const store = useAppState((state) => state.store);
  const operation = useOperationFor(id, 'golden.');
  const verify = useOperationAction();
  const now = useNow();
  const [side, setSide] = useState<Side>(null);
  const images = useMemo(() => all.filter((image) => image.environmentId === id), [all, id]);
  const generations = useQuery(`generations ${id}`, (api, options) =>
    api.golden.generations({ environmentId: id }, options),
  );
  // The states of the data change with every restore and undo; what was known stays in view until then.
  const { refetch } = generations;
  const left = environment.undo?.generation ?? '';
  const busyWith = operation?.id ?? '';
  // biome-ignore lint/correctness/useExhaustiveDependencies: each of these is a reason to ask again
  useEffect(refetch, [refetch, left, images.length, busyWith]);
  const rows = useMemo(
    () => historyRows(environment, images, generations.data ?? none),
    [environment, images, generations.data],
  );
  const sideImage = side !== null && 'imageId' in side ? images.find((one) => one.id === side.imageId) : undefined;
  const selected = side === null ? null : side.kind === 'undo' ? undoId : (sideImage?.id ?? null);
  const words = storeWords(images, environment.undo !== null, store);
  const largest = Math.max(
    0,
    ...images.map((image) => image.bytes),
    ...(generations.data ?? []).map((one) => one.bytes ?? 0),
  );
  const blocked = operation !== null || environment.stale;

  const commands = useMemo(
    (): Command[] => [
      {
        id: `golden.capture:${id}`,
        title: 'Capture a golden image',
        group: 'Actions',
        icon: Camera,
        keys: 'c',
        keywords: ['snapshot', 'save'],
        run: () => setSide({ kind: 'capture' }),
      },
    ],
    [id],
  );
  useCommands(commands);
  // An image that is gone takes its panel along, unless the panel still says how the deletion went.
  const gone = side !== null && 'imageId' in side && side.kind !== 'remove' && sideImage === undefined;
  useEffect(() => {
    if (gone) setSide(null);
  }, [gone]);

  const onAction = (imageId: string, action: ImageAction): void => {
    if (action === 'verify') void verify.start((api, options) => api.golden.verify({ imageId }, options));
    else setSide({ kind: action, imageId });
  };
  const current = generations.data?.find((one) => one.current);
  const undoState = generations.data?.find((one) => one.id === environment.undo?.generation);

  return (
    <>
      <div className={styles.strip}>
        <div className="grow trunc">
          <span className="strong">{words.main}</span>
          {words.rest === '' ? null : <span className="t3">, {words.rest}</span>}
        </div>
        {environment.undo === null ? null : (
          <Button kind="ghost" icon={Undo2} onClick={() => setSide({ kind: 'undo' })}>
            Undo…
          </Button>
        )}
        <Button icon={Camera} disabled={environment.stale} onClick={() => setSide({ kind: 'capture' })}>
          Capture
          <Keys keys="c" />
        </Button>
      </div>
      {verify.error === null ? null : (
        <div className={styles.notices}>
          <ErrorNotice error={verify.error.toShape()} onDismiss={verify.clear} />
        </div>
      )}
      <div className={styles.body}>
        <ScrollRegion label="States and images" className={styles.list}>
          <LineageDrawing rows={rows} selected={selected} />
          <Grid label="Golden images" className={styles.grid} first={images[0]?.id ?? currentId}>
            <GridHead>
              <GridHeading>State or image</GridHeading>
              <GridHeading className={styles.trust}>Trust</GridHeading>
              <GridHeading className={styles.sizeHead}>Own, shared</GridHeading>
              <GridHeading className={styles.commit}>Commit</GridHeading>
              <GridHeading className={cx(styles.taken, 'num')}>Taken</GridHeading>
            </GridHead>
            <GridRow id={currentId} stale={environment.stale}>
              <GridCell>
                <Name name="Current state" sub={currentWords(environment, now)} />
              </GridCell>
              <GridCell className={styles.trust} />
              <GridCell className={styles.size}>
                {current?.bytes == null ? null : (
                  <Size own={null} shared={null} total={current.bytes} largest={largest} />
                )}
              </GridCell>
              <GridCell className={styles.commit}>
                {environment.branch === null ? null : <span className="small trunc">{environment.branch}</span>}
              </GridCell>
              <GridCell className={cx(styles.taken, 't3', 'small', 'num')}>now</GridCell>
            </GridRow>
            {environment.undo === null ? null : (
              <GridRow id={undoId} selected={selected === undoId} onOpen={() => setSide({ kind: 'undo' })}>
                <GridCell>
                  <Name name="Undo point" sub={environment.undo.reason} />
                </GridCell>
                <GridCell className={styles.trust} title={formatExact(environment.undo.keptUntil)}>
                  <span className="small t2">Kept until {formatMoment(environment.undo.keptUntil, now)}</span>
                </GridCell>
                <GridCell className={styles.size}>
                  {undoState?.bytes == null ? null : (
                    <Size own={null} shared={null} total={undoState.bytes} largest={largest} />
                  )}
                </GridCell>
                <GridCell className={styles.commit} />
                <GridCell
                  className={cx(styles.taken, 't3', 'small', 'num')}
                  title={formatExact(environment.undo.leftAt)}
                >
                  {formatMoment(environment.undo.leftAt, now)}
                </GridCell>
                <RowActions>
                  <IconButton label="Undo…" icon={Undo2} tabIndex={-1} onClick={() => setSide({ kind: 'undo' })} />
                </RowActions>
              </GridRow>
            )}
            {rows.map((row) => {
              const image = row.kind === 'image' ? images.find((one) => one.id === row.id) : undefined;
              return image === undefined ? null : (
                <ImageRow
                  key={image.id}
                  image={image}
                  largest={largest}
                  selected={selected === image.id}
                  now={now}
                  blocked={blocked}
                  onOpen={() => setSide({ kind: 'image', imageId: image.id })}
                  onAction={(action) => onAction(image.id, action)}
                />
              );
            })}
          </Grid>
          {images.length > 0 ? null : (
            <p className={styles.first}>
              No image yet. Capture one before you change something you may want back: it takes about as long as
              restarting the services, and restoring it too.
            </p>
          )}
          {generations.error === null ? null : (
            <div className={styles.notices}>
              <ErrorNotice error={generations.error.toShape()} tone="degraded" />
            </div>
          )}
        </ScrollRegion>
        {side === null ? null : side.kind === 'capture' ? (
          <CapturePanel environment={environment} onClose={() => setSide(null)} />
        ) : side.kind === 'undo' ? (
          <RestorePanel key="undo" environment={environment} image={null} onClose={() => setSide(null)} />
        ) : (
          <SideOfImage
            key={`${side.kind} ${side.imageId}`}
            kind={side.kind}
            image={sideImage}
            parent={images.find((one) => one.id === sideImage?.parentId) ?? null}
            environment={environment}
            busy={verify.busy}
            blocked={blocked}
            onAction={(action) => onAction(side.imageId, action)}
            onClose={() => setSide(null)}
          />
        )}
      </div>
    </>
  );
}

function SideOfImage(props: {
  readonly kind: 'image' | 'restore' | 'remove';
  readonly image: Parameters<typeof ImagePanel>[0]['image'] | undefined;
  readonly parent: Parameters<typeof ImagePanel>[0]['parent'];
  readonly environment: EnvironmentView;
  readonly busy: boolean;
  readonly blocked: boolean;
  readonly onAction: (action: ImageAction) => void;
  readonly onClose: () => void;
}): ReactNode {
  // While it is being deleted the image leaves the list; its panel says how that went.
  const [image, setImage] = useState(props.image);
  useEffect(() => {
    if (props.image !== undefined) setImage(props.image);
  }, [props.image]);
  if (image === undefined) return null;
  switch (props.kind) {
    case 'image':
      return (
        <ImagePanel
          image={image}
          parent={props.parent}
          busy={props.busy}
          blocked={props.blocked}
          onAction={props.onAction}
          onClose={props.onClose}
        />
      );
    case 'restore':
      return <RestorePanel environment={props.environment} image={image} onClose={props.onClose} />;
    case 'remove':
      return <RemovePanel image={image} onClose={props.onClose} />;
  }
}

function currentWords(environment: EnvironmentView, now: number): string {
  const since = environment.since === null ? '' : ` since ${formatMoment(environment.since, now)}`;
  switch (environment.state) {
    case 'running':
    case 'partial':
      return `${environment.id}, ${environment.health}${since}`;
    case 'stopped':
      return `${environment.id}, stopped${since}`;
    case 'absent':
      return `${environment.id}, not started`;
    default:
      return environment.id;
  }
}
