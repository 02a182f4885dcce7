import { z } from 'zod';

/**
 * Which files make a stack, where the folder alone does not say: Compose's `--file`, `--env-file`, `--profile` and
 * `--project-name`. Paths are absolute or relative to the stack's folder. What is absent is found as Compose finds it.
 */
export const loadingOptions = z.object({
  /** In the order in which they are merged. */
  files: z.array(z.string().min(1).max(4096)).min(1).max(100).optional(),
  /** In place of `.env`; later ones win. */
  envFiles: z.array(z.string().min(1).max(4096)).min(1).max(100).optional(),
  profiles: z.array(z.string().min(1).max(200)).min(1).max(200).optional(),
  projectName: z.string().min(1).max(200).optional(),
});
export type LoadingOptions = z.infer<typeof loadingOptions>;
