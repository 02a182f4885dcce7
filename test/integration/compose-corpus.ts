import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { systemFiles } from '../../electron/engine/platform/files.ts';
import { type LoadedProject, loadProject } from '../../electron/engine/stacks/compose/load.ts';
import { formatPosition } from '../../shared/domain/position.ts';
import { type Problem, problemsOf } from '../../shared/domain/problem.ts';
import { AppError } from '../../shared/errors.ts';
import { compose } from '../support/compose.ts';

/** How a case is loaded, and for broken ones what is expected; `case.json` beside the files. */
export interface CaseOptions {
  readonly files?: readonly string[];
  readonly envFiles?: readonly string[];
  readonly profiles?: readonly string[];
  readonly projectName?: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** Of the first problem; the position is relative to the case's folder. */
  readonly expect?: { readonly code: string; readonly position: string };
}

export interface CorpusCase {
  readonly name: string;
  readonly folder: string;
  readonly options: CaseOptions;
}

export const corpusFolder = fileURLToPath(new URL('../fixtures/compose', import.meta.url));

/** Absolute paths and `~` must not depend on who runs the tests. */
export const home = '/home/dev';

export function corpus(part: 'valid' | 'invalid' | 'unsupported'): readonly CorpusCase[] {
  return readdirSync(join(corpusFolder, part))
    .sort()
    .map((name) => {
      const folder = join(corpusFolder, part, name);
      const file = join(folder, 'case.json');
      const options = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as CaseOptions) : {};
      return { name, folder, options };
    });
}

export function loadCase({ folder, options }: CorpusCase): Promise<LoadedProject> {
  const { expect: _expect, ...input } = options;
  return loadProject(
    { folder, ...input, environment: { HOME: home, PWD: folder, ...options.environment } },
    { files: systemFiles },
  );
}

/** Loads a case that must be refused. */
export async function refuseCase(
  entry: CorpusCase,
): Promise<{ readonly error: AppError; readonly problems: readonly Problem[] }> {
  try {
    await loadCase(entry);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return { error, problems: problemsOf(error.details).filter((problem) => problem.severity === 'error') };
  }
  throw new Error(`${entry.name} was accepted.`);
}

export function shownPosition(problem: Problem | undefined, folder: string): string {
  if (problem?.position === undefined) return 'none';
  const { file } = problem.position;
  return formatPosition({ ...problem.position, file: file.startsWith('/') ? relative(folder, file) : file });
}

/** Runs the real `docker compose … config` on a case. */
export function composeConfig({ folder, options }: CorpusCase, ...args: readonly string[]): ReturnType<typeof compose> {
  const given = [
    ...(options.files ?? []).flatMap((file) => ['-f', file]),
    ...(options.envFiles ?? []).flatMap((file) => ['--env-file', file]),
    ...(options.profiles ?? []).flatMap((profile) => ['--profile', profile]),
    ...(options.projectName === undefined ? [] : ['-p', options.projectName]),
  ];
  return compose([...given, 'config', ...args], {
    folder,
    environment: { HOME: home, PWD: folder, ...options.environment },
  });
}
