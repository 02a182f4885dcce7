import { ArrowDown, ArrowUp, ChevronDown, ChevronRight, GripVertical, Trash2 } from 'lucide-react';
import { type KeyboardEvent, type ReactNode, useRef, useState } from 'react';
import type { Vocabulary } from '../../../shared/contract/routines.ts';
import { IconButton } from '../../ui/button.tsx';
import { ToneGlyph } from '../../ui/health-glyph.tsx';
import { stepIcons } from '../../ui/routine-icons.ts';
import { type Draft, type DraftStep, moveStep, needsOf, removeStep } from './draft.ts';
import styles from './editor.module.css';
import type { Fault } from './faults.ts';
import { kindOf, stepNotes, stepTitle } from './kind-words.ts';
import { StepForm } from './step-form.tsx';

/** The steps in order: opened to be changed, moved by buttons, Alt and an arrow, or by their grip. */
export function StepRows(props: {
  readonly draft: Draft;
  readonly open: number | null;
  readonly vocabulary: Vocabulary;
  readonly services: readonly string[];
  readonly faults: readonly Fault[];
  readonly onOpen: (key: number | null) => void;
  readonly onChange: (edit: (draft: Draft) => Draft) => void;
}): ReactNode {
  const { draft, open, onChange } = props;
  const [dragged, setDragged] = useState<number | null>(null);
  const list = useRef<HTMLOListElement>(null);
  /** The focus goes along with the step, or to the one that took its place. */
  const focus = (key: number | undefined): void => {
    setTimeout(() => list.current?.querySelector<HTMLElement>(`[data-step="${key}"]`)?.focus());
  };
  const move = (key: number, to: number): void => {
    if (to < 0 || to >= draft.steps.length) return;
    onChange((before) => moveStep(before, key, to));
    focus(key);
  };
  const remove = (key: number, place: number): void => {
    onChange((before) => removeStep(before, key));
    if (open === key) props.onOpen(null);
    focus((draft.steps[place + 1] ?? draft.steps[place - 1])?.key);
  };
  return (
    <ol className={styles.steps} ref={list} aria-label="Steps in order">
      {draft.steps.map((entry, place) => (
        <li
          key={entry.key}
          data-open={open === entry.key}
          data-dragged={dragged === entry.key}
          onDragOver={(event) => {
            if (dragged === null || dragged === entry.key) return;
            event.preventDefault();
            onChange((before) => moveStep(before, dragged, place));
          }}
          onDrop={(event) => event.preventDefault()}
        >
          <StepRow
            entry={entry}
            place={place}
            steps={draft.steps}
            open={open === entry.key}
            faulty={props.faults.some((one) => one.step === place)}
            onToggle={() => props.onOpen(open === entry.key ? null : entry.key)}
            onMove={(to) => move(entry.key, to)}
            onRemove={() => remove(entry.key, place)}
            onDrag={(on) => setDragged(on ? entry.key : null)}
          />
          {open === entry.key ? <StepForm {...props} place={place} /> : null}
        </li>
      ))}
    </ol>
  );
}

function StepRow(props: {
  readonly entry: DraftStep;
  readonly place: number;
  readonly steps: readonly DraftStep[];
  readonly open: boolean;
  readonly faulty: boolean;
  readonly onToggle: () => void;
  readonly onMove: (to: number) => void;
  readonly onRemove: () => void;
  readonly onDrag: (on: boolean) => void;
}): ReactNode {
  const { entry, place, steps, open } = props;
  const { step } = entry;
  const Icon = stepIcons[kindOf(step)];
  const Fold = open ? ChevronDown : ChevronRight;
  const title = stepTitle(step);
  const notes = [whenWords(steps, place), stepNotes(step)].filter((one) => one !== '').join(', ');
  const onKeyDown = (event: KeyboardEvent): void => {
    if (!event.altKey || (event.key !== 'ArrowUp' && event.key !== 'ArrowDown')) return;
    event.preventDefault();
    props.onMove(event.key === 'ArrowUp' ? place - 1 : place + 1);
  };
  return (
    <div className={styles.step}>
      <span
        className={styles.grip}
        draggable
        aria-hidden
        onDragStart={(event) => {
          event.dataTransfer.effectAllowed = 'move';
          event.dataTransfer.setData('text/plain', title);
          props.onDrag(true);
        }}
        onDragEnd={() => props.onDrag(false)}
      >
        <GripVertical size={13} strokeWidth={1.9} />
      </span>
      <button
        type="button"
        className={styles.stepName}
        data-step={entry.key}
        data-focus="inside"
        aria-expanded={open}
        aria-keyshortcuts="Alt+ArrowUp Alt+ArrowDown"
        onClick={props.onToggle}
        onKeyDown={onKeyDown}
      >
        <Fold size={13} strokeWidth={1.9} aria-hidden />
        <Icon size={14} strokeWidth={1.9} aria-hidden />
        <span className={styles.stepText}>
          <span className="trunc">{title}</span>
          {notes === '' ? null : <span className="t3 small trunc">{notes}</span>}
        </span>
        {props.faulty ? (
          <span className={styles.wrong}>
            <ToneGlyph tone="down" shape="square" size={10} />
            <span className="sr">has a mistake</span>
          </span>
        ) : null}
      </button>
      <span className={styles.stepTools}>
        <IconButton
          label={`Move ${title} up`}
          icon={ArrowUp}
          aria-disabled={place === 0}
          onClick={() => props.onMove(place - 1)}
        />
        <IconButton
          label={`Move ${title} down`}
          icon={ArrowDown}
          aria-disabled={place === steps.length - 1}
          onClick={() => props.onMove(place + 1)}
        />
        <IconButton label={`Remove ${title}`} icon={Trash2} onClick={props.onRemove} />
      </span>
    </div>
  );
}

/** Of those that do not simply follow the one before. */
function whenWords(steps: readonly DraftStep[], place: number): string {
  const said = steps[place]?.step.needs;
  const before = steps[place - 1];
  if (said === undefined || before === undefined) return '';
  if (said.length === 0) return 'at once';
  const beside = needsOf(steps, place - 1);
  return said.length === beside.length && said.every((one) => beside.includes(one)) ? 'beside the one before' : '';
}
