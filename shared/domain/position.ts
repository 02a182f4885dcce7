import { z } from 'zod';

export { formatPosition } from './position-text.ts';

/** A place in a source file. `line` and `column` count from 1, as editors do. */
export interface Position {
  /** Absolute path of the file, or `<environment>` / `<command line>` for values that come from elsewhere. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

export const positionSchema = z.object({
  file: z.string(),
  line: z.number().int().min(1),
  column: z.number().int().min(1),
});
