import type { ReactNode } from 'react';
import type { RoutineView } from '../../../shared/contract/routines.ts';
import type { Route } from '../../ui/routes.ts';
import { routineAction } from '../../ui/routine-words.ts';
import styles from './horizon.module.css';
import type { Axis } from './horizon-model.ts';
import { clockAt } from './horizon-words.ts';

/** Something that starts by itself, still to come. */
export interface Planned {
  readonly at: number;
  readonly label: string;
  readonly route: Route;
}

/** The next time of each routine that has one within what is shown. */
export function plannedOf(routines: readonly RoutineView[], axis: Axis, now: number): readonly Planned[] {
  return routines
    .flatMap((one): Planned[] => {
      const next = one.schedule?.enabled === true ? one.schedule.nextAt : null;
      const at = next === null ? Number.NaN : Date.parse(next);
      if (!(at >= now && at <= axis.to)) return [];
      const route = { page: 'routine-start', environmentId: one.environmentId, routine: one.name } as const;
      return [{ at, label: routineAction(one), route }];
    })
    .sort((a, b) => a.at - b.at);
}

export const plannedShape = <path className={styles.mark} d="M0-5 5 0 0 5-5 0Z" strokeDasharray="2 1.6" />;

/** Dashed diamonds on the line, named beside them. */
export function PlannedMarks(props: {
  readonly planned: readonly Planned[];
  readonly axis: Axis;
  readonly onOpen: (route: Route) => void;
}): ReactNode {
  const { axis } = props;
  return props.planned.map((one) => {
    const x = (100 * (one.at - axis.from)) / (axis.to - axis.from);
    return (
      <button
        key={`${one.label} ${one.at}`}
        type="button"
        tabIndex={-1}
        className={styles.planned}
        style={{ left: `${x}%` }}
        aria-label={`${clockAt(one.at)} ${one.label}, planned`}
        title={`${one.label} at ${clockAt(one.at)}`}
        onClick={() => props.onOpen(one.route)}
      >
        <svg width="12" height="12" viewBox="-6 -6 12 12" aria-hidden>
          {plannedShape}
        </svg>
        <span aria-hidden>{one.label}</span>
      </button>
    );
  });
}
