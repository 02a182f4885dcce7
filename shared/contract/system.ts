import { z } from 'zod';
import { isoTime, procedure } from './common.ts';

/** What only the desktop can do; the browser door says no to all of it. */
export const desktopCapabilitiesSchema = z.object({
  pickFolder: z.boolean(),
  openUrl: z.boolean(),
  /** The page draws its own window buttons and asks for their actions here. */
  windowControls: z.boolean(),
  platform: z.enum(['linux', 'darwin', 'win32', 'other']),
});
export type DesktopCapabilities = z.infer<typeof desktopCapabilitiesSchema>;

export const helloSchema = z.object({
  version: z.string(),
  /** Changes with every life of the engine. */
  epoch: z.string(),
  startedAt: isoTime,
  pid: z.number().int(),
  dataFolder: z.string(),
  homeFolder: z.string(),
  desktop: desktopCapabilitiesSchema,
});
export type Hello = z.infer<typeof helloSchema>;

export const systemContract = {
  hello: procedure.output(helloSchema),
  /** Versions, paths, engines and recent errors as text to paste into a report; secrets removed. */
  diagnostics: procedure.output(z.object({ text: z.string() })),
};

export const desktopContract = {
  /** The system's folder dialog. Null when the user closed it. */
  pickFolder: procedure.input(z.object({ title: z.string() })).output(z.object({ folder: z.string().nullable() })),
  /** Opens an http(s) address in the user's browser. */
  openUrl: procedure.input(z.object({ url: z.url({ protocol: /^https?$/ }) })).output(z.object({})),
  window: procedure.input(z.object({ action: z.enum(['minimize', 'maximize', 'close']) })).output(z.object({})),
};

export const foldersContract = {
  /** Sub-folders of a folder, for choosing one where there is no system dialog. Hidden ones left out. */
  list: procedure.input(z.object({ folder: z.string().min(1).optional() })).output(
    z.object({
      folder: z.string(),
      parent: z.string().nullable(),
      entries: z.array(z.object({ name: z.string(), path: z.string(), hasCompose: z.boolean() })),
      truncated: z.boolean(),
    }),
  ),
};
