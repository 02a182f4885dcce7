import { z } from 'zod';
import { errorShapeSchema } from '../shared/contract/common.ts';
import { settingsSchema } from '../shared/contract/settings.ts';

/** Messages between the main process and the engine's utility process. Both sides check what they get. */

/** How to start; the first message the engine's process gets. Comes with the port that all others come through. */
export const startSchema = z.object({
  type: z.literal('start'),
  version: z.string(),
  dataFolder: z.string(),
  home: z.string(),
  environment: z.record(z.string(), z.string()),
  /** The page draws its own window buttons. */
  windowControls: z.boolean(),
  /** Parse what the engine gives back, too. */
  checkOutputs: z.boolean(),
});
export type Start = z.infer<typeof startSchema>;

/** What the engine asks of the desktop. */
export const questionSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('pickFolder'), title: z.string().max(200) }),
  z.object({ kind: z.literal('openUrl'), url: z.url({ protocol: /^https?$/ }) }),
  z.object({ kind: z.literal('window'), action: z.enum(['minimize', 'maximize', 'close']) }),
  /** Neither what is asked nor the answer may be logged. */
  z.object({ kind: z.literal('seal'), value: z.string().max(200_000) }),
  z.object({ kind: z.literal('unseal'), sealed: z.base64().max(1_000_000) }),
]);
export type Question = z.infer<typeof questionSchema>;

export const toEngineSchema = z.discriminatedUnion('type', [
  startSchema,
  /** Comes with one port: a window, or tray and notifications, that want to be served. */
  z.object({ type: z.literal('port'), door: z.enum(['window', 'desktop']) }),
  z.object({ type: z.literal('busy'), id: z.number() }),
  /** End in good order; the process exits afterwards. */
  z.object({ type: z.literal('close') }),
  z.object({
    type: z.literal('answer'),
    id: z.number(),
    /** The chosen folder, or what was sealed or unsealed; null otherwise. */
    value: z.string().nullable(),
    error: z.string().nullable(),
  }),
]);
export type ToEngine = z.infer<typeof toEngineSchema>;

export const fromEngineSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('ready') }),
  z.object({ type: z.literal('failed'), error: errorShapeSchema }),
  /** Titles of the operations under way. */
  z.object({ type: z.literal('busy'), id: z.number(), operations: z.array(z.string()) }),
  z.object({ type: z.literal('theme'), theme: settingsSchema.shape.theme }),
  z.object({ type: z.literal('ask'), id: z.number(), question: questionSchema }),
]);
export type FromEngine = z.infer<typeof fromEngineSchema>;
