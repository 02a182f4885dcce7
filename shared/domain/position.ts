/** A place in a source file. `line` and `column` count from 1, as editors do. */
export interface Position {
  /** Absolute path of the file, or `<environment>` / `<command line>` for values that come from elsewhere. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** `file:line:column`, the form that editors and terminals make clickable. */
export function formatPosition(position: Position): string {
  return `${position.file}:${position.line}:${position.column}`;
}
