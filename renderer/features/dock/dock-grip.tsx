import { type KeyboardEvent, type PointerEvent, type ReactNode, useRef } from 'react';
import styles from './dock.module.css';

const step = 24;

/** The upper edge of the dock: dragged, or moved with the arrow keys. */
export function DockGrip(props: { readonly height: number; readonly onChange: (height: number) => void }): ReactNode {
  const start = useRef<{ y: number; height: number } | null>(null);
  const onPointerDown = (event: PointerEvent<HTMLDivElement>): void => {
    event.currentTarget.setPointerCapture(event.pointerId);
    start.current = { y: event.clientY, height: props.height };
  };
  const onPointerMove = (event: PointerEvent<HTMLDivElement>): void => {
    if (start.current !== null) props.onChange(start.current.height + start.current.y - event.clientY);
  };
  const onPointerUp = (): void => {
    start.current = null;
  };
  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>): void => {
    const by = { ArrowUp: step, ArrowDown: -step }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    props.onChange(props.height + by);
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: a movable separator is not a line
    <div
      className={styles.grip}
      role="separator"
      aria-orientation="horizontal"
      aria-label="Height of the dock"
      aria-valuenow={props.height}
      aria-valuemin={120}
      aria-valuemax={1200}
      tabIndex={0}
      onPointerDown={onPointerDown}
      onPointerMove={onPointerMove}
      onPointerUp={onPointerUp}
      onPointerCancel={onPointerUp}
      onKeyDown={onKeyDown}
    />
  );
}
