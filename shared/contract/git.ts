import { z } from 'zod';
import { environmentId, isoTime, operationRef, procedure } from './common.ts';

/** A quiet hint: nothing is refused because of it. */
export const gitHintSchema = z.object({
  kind: z.enum(['branch-name', 'behind-base', 'wip-left', 'commit-style', 'unpushed', 'in-progress']),
  text: z.string(),
  remedy: z.string().nullable(),
});
export type GitHint = z.infer<typeof gitHintSchema>;

export const repositoryViewSchema = z.object({
  /** Absolute, its top level. */
  folder: z.string(),
  name: z.string(),
  /** Null: detached. */
  branch: z.string().nullable(),
  /** Short. Null: no commit yet. */
  commit: z.string().nullable(),
  upstream: z.string().nullable(),
  ahead: z.number().int().nullable(),
  behind: z.number().int().nullable(),
  base: z.string().nullable(),
  aheadOfBase: z.number().int().nullable(),
  behindBase: z.number().int().nullable(),
  changed: z.number().int(),
  untracked: z.number().int(),
  conflicted: z.number().int(),
  inProgress: z.enum(['merge', 'rebase', 'cherry-pick', 'revert', 'bisect']).nullable(),
  fetchedAt: isoTime.nullable(),
  protected: z.boolean(),
  hints: z.array(gitHintSchema),
  /** Why it could not be read; the figures above are then empty. */
  problem: z.string().nullable(),
});
export type RepositoryView = z.infer<typeof repositoryViewSchema>;

export const impactSchema = z.object({
  /** What is compared with. */
  base: z.string().nullable(),
  files: z
    .array(z.object({ repository: z.string(), path: z.string(), from: z.enum(['working-tree', 'branch', 'both']) }))
    .max(5000),
  /** More files than are listed. */
  moreFiles: z.number().int(),
  domains: z.array(
    z.object({
      name: z.string(),
      files: z.number().int(),
      services: z.array(z.string()),
      tests: z.array(z.string()),
    }),
  ),
  /** All services concerned, by domains, build contexts and bind mounts; and those that depend on them. */
  services: z.array(z.object({ name: z.string(), why: z.string(), running: z.boolean() })),
  dependants: z.array(z.string()),
  tests: z.array(z.string()),
  /** Changed files that no domain and no service claims. */
  unclaimed: z.number().int(),
});
export type Impact = z.infer<typeof impactSchema>;

export const gitContract = {
  repositories: procedure.input(z.object({ environmentId })).output(z.array(repositoryViewSchema)),
  impact: procedure.input(z.object({ environmentId, base: z.string().max(200).optional() })).output(impactSchema),
  /** Restarts the services that the working tree or branch affects. */
  restartAffected: procedure
    .input(z.object({ environmentId, base: z.string().max(200).optional() }))
    .output(operationRef),
  /** Takes a work-in-progress commit back: the changes are as before it, staged and unstaged. */
  undoWip: procedure.input(z.object({ token: z.string().max(300) })).output(z.object({ words: z.string() })),
};
