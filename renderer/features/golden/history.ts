import type { EnvironmentView } from '../../../shared/contract/environments.ts';
import type { GenerationView, GoldenImageView } from '../../../shared/contract/golden.ts';
import type { LineageRow } from './lineage.ts';

export const currentId = 'current';
export const undoId = 'undo';

/** The state a capture was taken in: where its data came from, and since when it was there. */
interface State {
  readonly id: string;
  readonly origin: string;
  readonly createdAt: string;
}

const unknownState: State = { id: '', origin: '', createdAt: '' };

/**
 * The data of an environment as a history, newest first: the current state, the undo point, the images. An image knows
 * the image its state came from; images taken one after the other in the same state form a chain.
 */
export function historyRows(
  environment: Pick<EnvironmentView, 'undo'>,
  images: readonly GoldenImageView[],
  generations: readonly GenerationView[],
): readonly LineageRow[] {
  const newestFirst = [...images].sort((a, b) => (a.createdAt < b.createdAt ? 1 : -1));
  const ids = new Set(images.map((image) => image.id));
  const states = [...generations].sort((a, b) => (a.createdAt < b.createdAt ? 1 : -1));
  const stateOf = (image: GoldenImageView): State =>
    states.find(
      (state) => state.createdAt <= image.createdAt && (ids.has(state.origin) ? state.origin : null) === image.parentId,
    ) ?? { ...unknownState, origin: image.parentId ?? '' };
  const keyOf = (state: State): string => `${state.id} ${state.origin}`;

  /** The newest image of a state before a moment, else the image the state came from. */
  const before = (state: State, moment: string | null): string | null => {
    const sibling = newestFirst.find(
      (image) => (moment === null || image.createdAt < moment) && keyOf(stateOf(image)) === keyOf(state),
    );
    return sibling?.id ?? (ids.has(state.origin) ? state.origin : null);
  };

  const current = states.find((state) => generations.some((one) => one.id === state.id && one.current));
  const left = states.find((state) => state.id === environment.undo?.generation);
  const rows: LineageRow[] = [{ id: currentId, kind: 'current', parentId: before(current ?? unknownState, null) }];
  if (environment.undo !== null)
    rows.push({
      id: undoId,
      kind: 'undo',
      parentId: left === undefined ? null : before(left, environment.undo.leftAt),
    });
  for (const image of newestFirst)
    rows.push({ id: image.id, kind: 'image', parentId: before(stateOf(image), image.createdAt) });
  return rows;
}
