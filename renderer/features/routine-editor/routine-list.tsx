import { Plus } from 'lucide-react';
import type { ReactNode } from 'react';
import type { RoutineView } from '../../../shared/contract/routines.ts';
import { Button } from '../../ui/button.tsx';
import { ToneGlyph } from '../../ui/health-glyph.tsx';
import { routineIcon } from '../../ui/routine-icons.ts';
import { Select } from '../../ui/select.tsx';
import styles from './editor.module.css';

export interface ListedRoutine {
  readonly name: string;
  readonly title: string;
  readonly note: string;
  readonly faulty: boolean;
}

/** What there is, and what is being made: saved ones first as the engine orders them. */
export function listedRoutines(views: readonly RoutineView[], drafts: readonly string[]): readonly ListedRoutine[] {
  const saved = views.map((one) => ({
    name: one.name,
    title: one.title,
    note: drafts.includes(one.name) ? 'not saved' : one.source === 'default' ? 'ours' : '',
    faulty: one.problems.some(({ severity }) => severity === 'error'),
  }));
  const fresh = drafts
    .filter((name) => !views.some((one) => one.name === name))
    .map((name) => ({ name, title: name, note: 'not saved', faulty: false }));
  return [...saved, ...fresh];
}

/** The routines of an environment: a list in a wide window, a choice in a narrow one. */
export function RoutineList(props: {
  readonly routines: readonly ListedRoutine[];
  readonly chosen: string;
  readonly onChoose: (name: string) => void;
  readonly onNew: () => void;
}): ReactNode {
  return (
    <nav className={styles.list} aria-label="Routines">
      <ul>
        {props.routines.map((one) => {
          const Icon = routineIcon(one.name);
          return (
            <li key={one.name}>
              <button
                type="button"
                data-focus="inside"
                aria-current={one.name === props.chosen ? 'page' : undefined}
                onClick={() => props.onChoose(one.name)}
              >
                <Icon size={14} strokeWidth={1.9} aria-hidden />
                <span className="trunc grow">{one.title}</span>
                {one.faulty ? <ToneGlyph tone="down" shape="square" size={9} /> : null}
                {one.faulty ? <span className="sr">has a mistake</span> : null}
                {one.note === '' ? null : <span className="t3 small">{one.note}</span>}
              </button>
            </li>
          );
        })}
      </ul>
      <Button kind="ghost" size="small" icon={Plus} onClick={props.onNew}>
        New routine
      </Button>
      <div className={styles.choice}>
        <Select
          label="Routine"
          value={props.chosen}
          options={props.routines.map((one) => ({
            value: one.name,
            label: one.note === '' ? one.title : `${one.title} (${one.note})`,
          }))}
          onChange={props.onChoose}
        />
      </div>
    </nav>
  );
}
