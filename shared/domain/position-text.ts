import type { Position } from './position.ts';

/** `file:line:column`, the form that editors and terminals make clickable. */
export function formatPosition(position: Position): string {
  return `${position.file}:${position.line}:${position.column}`;
}
