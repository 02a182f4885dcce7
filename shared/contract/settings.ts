import { z } from 'zod';
import { alertSettingsSchema, defaultAlertSettings } from '../domain/alert-types.ts';
import { procedure } from './common.ts';

const minuteOfDay = z
  .number()
  .int()
  .min(0)
  .max(24 * 60 - 1);

export const settingsSchema = z.object({
  theme: z.enum(['system', 'light', 'dark']),
  /** Null: the first engine that answers. */
  engineId: z.string().nullable(),
  /** Hours an undo point is kept after the switch away from it; at least 24. */
  undoHours: z
    .number()
    .int()
    .min(24)
    .max(24 * 90),
  /** Repositories that Compose files may be fetched from, as a problem with `compose.not-allowed` names them. */
  remoteSources: z.array(z.string().max(4000)).max(1000).optional(),
  /** A folder on the engine's host to keep the store in; null: where the engine keeps its volumes. Applies to a new store. */
  storePath: z.string().startsWith('/', 'an absolute path on the host of the engine').max(4000).nullable(),
  /** Who is told of what, and when. */
  alerts: alertSettingsSchema,
  /** Notices appear on the desktop, not only in the window. */
  notifications: z.boolean(),
  /** The working day, in minutes of the local day: what the horizon shows, and when it is time to end the day. */
  day: z.object({ fromMinute: minuteOfDay, toMinute: minuteOfDay }),
  /** What closing the window does. */
  closeTo: z.enum(['ask', 'tray', 'quit']),
  startAtLogin: z.boolean(),
  /** Figures for Prometheus at `/metrics` of the http door. */
  metricsPage: z.boolean(),
  /** Terminals put what they show into words for screen readers; it makes them slow. Absent: no. */
  terminalScreenReader: z.boolean().optional(),
});
export type Settings = z.infer<typeof settingsSchema>;

export const defaultSettings: Settings = {
  theme: 'system',
  engineId: null,
  undoHours: 24,
  storePath: null,
  alerts: defaultAlertSettings,
  notifications: true,
  day: { fromMinute: 8 * 60, toMinute: 18 * 60 },
  closeTo: 'ask',
  startAtLogin: false,
  metricsPage: false,
};

export const settingsContract = {
  get: procedure.output(settingsSchema),
  set: procedure.input(settingsSchema.partial()).output(settingsSchema),
};
