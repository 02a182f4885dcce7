import { z } from 'zod';
import { type Schedule, scheduleSchema } from '../../../../shared/domain/routine-file.ts';
import type { Database } from '../../storage/database.ts';

/** What the user of this machine said about one routine, and what became of it. Times in ms since the epoch. */
export interface ScheduleRow {
  readonly enabled: boolean;
  /** Their own; null: as golden.yml proposes. */
  readonly own: Schedule | null;
  /** What `handledUntil` was counted by, as text: another schedule begins anew. */
  readonly effective: string;
  readonly handledUntil: number;
  readonly wakeDay: string | null;
  readonly skipped: { readonly at: number; readonly reason: string } | null;
  /** What was said about it and need not be said again: the hash of an untrusted text. */
  readonly told: string | null;
}

export interface ScheduleStore {
  get(environmentId: string, routine: string): ScheduleRow | undefined;
  /** On disk before it returns. */
  put(environmentId: string, routine: string, row: ScheduleRow): void;
  enabled(): { readonly environmentId: string; readonly routine: string; readonly row: ScheduleRow }[];
  forget(environmentId: string): void;
}

const bodySchema = z.object({
  enabled: z.boolean(),
  own: scheduleSchema.nullable(),
  effective: z.string(),
  handledUntil: z.number(),
  wakeDay: z.string().nullable(),
  skipped: z.object({ at: z.number(), reason: z.string() }).nullable(),
  told: z.string().nullable(),
});
const rowSchema = z.object({ environment_id: z.string(), routine: z.string(), body: z.string() });

export function createScheduleStore(database: Database): ScheduleStore {
  const all = database.prepare('SELECT environment_id, routine, body FROM routine_schedules');
  const one = database.prepare(
    'SELECT environment_id, routine, body FROM routine_schedules WHERE environment_id = ? AND routine = ?',
  );
  const put = database.prepare(
    'INSERT OR REPLACE INTO routine_schedules (environment_id, routine, body) VALUES (?, ?, ?)',
  );
  const remove = database.prepare('DELETE FROM routine_schedules WHERE environment_id = ?');

  function read(row: unknown) {
    const { environment_id: environmentId, routine, body } = rowSchema.parse(row);
    // One that a later version wrote otherwise counts as never said: nothing starts by itself by mistake.
    const parsed = bodySchema.safeParse(JSON.parse(body));
    return parsed.success ? { environmentId, routine, row: parsed.data } : undefined;
  }

  return {
    get(environmentId, routine) {
      const row = one.get(environmentId, routine);
      return row === undefined ? undefined : read(row)?.row;
    },
    put: (environmentId, routine, row) => void put.run(environmentId, routine, JSON.stringify(row)),
    enabled: () =>
      all
        .all()
        .flatMap((row) => read(row) ?? [])
        .filter(({ row }) => row.enabled),
    forget: (environmentId) => void remove.run(environmentId),
  };
}
