import { join } from 'node:path';
import type { ConfigSection } from '../../../shared/domain/routine-file.ts';
import { AppError } from '../../../shared/errors.ts';
import type { Files } from '../platform/files.ts';
import { keysOf, readTemplate, type TemplateKey } from './env-file.ts';
import { targetPath } from './target-path.ts';

const maxBytes = 4 * 1024 * 1024;

export interface EnvPair {
  /** Below the project folder. */
  readonly env: string;
  readonly template: string;
  /** golden.yml names it, so that a missing template is worth a word. */
  readonly declared: boolean;
}

/** What an env file lacks of its template. */
export interface EnvState {
  /** Absolute. */
  readonly path: string;
  /** Empty when there is no file. */
  readonly text: string;
  readonly keys: ReadonlySet<string>;
  readonly template: readonly TemplateKey[];
  readonly missing: readonly TemplateKey[];
}

/** The env files of a stack and the templates that they follow. */
export async function envPairs(
  files: Pick<Files, 'info'>,
  folder: string,
  config: ConfigSection | undefined,
): Promise<readonly EnvPair[]> {
  if (config?.env !== undefined) {
    return Object.entries(config.env).map(([env, template]) => ({ env, template, declared: true }));
  }
  const usual = { env: '.env', template: '.env.example', declared: false };
  return (await files.info(join(folder, usual.template)))?.kind === 'file' ? [usual] : [];
}

/**
 * Compares the two. Undefined: there is no template. Throws `compose.syntax` for a file that cannot be read as one, and
 * `input.invalid` for one outside the folder. `secrets`: keys that belong in no file.
 */
export async function lookAtEnv(
  files: Pick<Files, 'info' | 'real' | 'readText'>,
  folder: string,
  { env, template }: EnvPair,
  secrets: readonly string[],
  signal: AbortSignal,
): Promise<EnvState | undefined> {
  const templatePath = await targetPath(files, folder, template);
  const templateText = await readSmall(files, templatePath, signal);
  if (templateText === undefined) return undefined;
  const path = await targetPath(files, folder, env);
  const wanted = readTemplate(templateText, templatePath);
  const text = (await readSmall(files, path, signal)) ?? '';
  const keys = keysOf(text, path);
  const missing = wanted.filter(({ key }) => !keys.has(key) && !secrets.includes(key));
  return { path, text, keys, template: wanted, missing };
}

/** Undefined: there is no such file. */
async function readSmall(
  files: Pick<Files, 'info' | 'readText'>,
  path: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  const info = await files.info(path);
  if (info === undefined) return undefined;
  if (info.bytes <= maxBytes) return files.readText(path, signal);
  throw new AppError({
    code: 'input.invalid',
    message: `${path} has more than ${maxBytes / 1024 / 1024} MB.`,
    remedy: 'Name an env file.',
  });
}
