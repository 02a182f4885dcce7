import { join } from 'node:path';
import {
  apartSections,
  type DeclaredSections,
  type GoldenFile,
  goldenFileSchema,
} from '../../../../shared/domain/golden-file.ts';
import type { Position } from '../../../../shared/domain/position.ts';
import type { Problem } from '../../../../shared/domain/problem.ts';
import { AppError } from '../../../../shared/errors.ts';
import type { ComposeFiles } from '../compose/context.ts';
import { type ComposeNode, plain } from '../compose/node.ts';
import { parseYaml } from '../compose/parse.ts';
import { createProblems, type Problems } from '../compose/problems.ts';
import { checkSections } from './check-sections.ts';
import { checkServices } from './check-services.ts';
import { type Path, positionIn } from './places.ts';
import { type Issue, pathOf, reportIssues } from './schema-faults.ts';

export const goldenFileNames = ['golden.yml', 'golden.yaml'] as const;

export interface LoadedGoldenFile {
  /** Absolute. */
  readonly path: string;
  readonly value: GoldenFile;
  /** What routines, git, configuration and domains go by: those of `value`. */
  readonly declared: DeclaredSections;
  /**
   * What is wrong in these sections. Parts that are not what they must be are left out of `value`; what only does not
   * fit together (a step that needs one that is not there) stays in it.
   */
  readonly problems: readonly Problem[];
  /** The same, and what of it names services that the stack does not have. */
  problemsWith(services: readonly string[]): readonly Problem[];
  /** Where a value stands, or the nearest thing around it. */
  positionOf(path: readonly (string | number)[]): Position | undefined;
}

/**
 * Reads a folder's `golden.yml`. Undefined: it has none.
 * Throws `golden-file.invalid` with every problem and its position in `details.problems`.
 */
export async function loadGoldenFile(
  folder: string,
  { files, signal }: { readonly files: ComposeFiles; readonly signal?: AbortSignal },
): Promise<LoadedGoldenFile | undefined> {
  for (const name of goldenFileNames) {
    const path = join(folder, name);
    const info = await files.info(path);
    if (info === undefined) continue;
    if (info.kind !== 'file') {
      throw new AppError({
        code: 'golden-file.invalid',
        message: `${path} is not a file.`,
        remedy: 'Rename it, or put a file in its place.',
        details: { folder },
      });
    }
    return parseGoldenFile(await files.readText(path, signal), path);
  }
  return undefined;
}

export function parseGoldenFile(text: string, path: string): LoadedGoldenFile {
  const problems = createProblems({ code: 'golden-file.invalid' });
  const start: Position = { file: path, line: 1, column: 1 };
  const [document, second] = parseYaml(text, path, problems);
  if (second !== undefined) {
    problems.error({
      code: 'golden-file.invalid',
      message: 'The file has more than one document.',
      remedy: 'Keep one.',
      position: second.root.position,
    });
  }
  problems.throwIfAny();
  const root: ComposeNode = document?.root ?? { kind: 'map', entries: new Map(), position: start };
  const apart = createProblems({ code: 'golden-file.invalid' });
  const value = read(root, problems, apart);
  const { day, routines, git, config, domains } = value;
  const declared = { day, routines, git, config, domains };
  const check = (services?: readonly string[]): readonly Problem[] => {
    const found = createProblems({ code: 'golden-file.invalid' });
    checkSections(declared, root, found);
    if (services !== undefined) checkServices(declared, services, root, found);
    return [...apart.all, ...found.all];
  };
  return {
    path,
    value,
    declared,
    problems: check(),
    problemsWith: check,
    positionOf: (at) => positionIn(root, at),
  };
}

/** The file by its schema. What is wrong in a section that stands apart is left out, the rest is refused. */
function read(root: ComposeNode, problems: Problems, apart: Problems): GoldenFile {
  const whole = plain(root);
  const parsed = goldenFileSchema.safeParse(whole);
  if (parsed.success) return parsed.data;
  const issues: readonly Issue[] = parsed.error.issues;
  const isApart = (issue: Issue): boolean => (apartSections as readonly unknown[]).includes(issue.path[0]);
  reportIssues(
    issues.filter((issue) => !isApart(issue)),
    root,
    problems,
  );
  problems.throwIfAny();
  const faults = issues.filter(isApart);
  reportIssues(faults, root, apart);
  const without = goldenFileSchema.safeParse(faults.reduce((left, issue) => drop(left, unitsOf(issue)), whole));
  if (without.success) return without.data;
  const sections = new Set(faults.map(({ path }) => String(path[0])));
  return goldenFileSchema.parse(
    Object.fromEntries(Object.entries(whole as Record<string, unknown>).filter(([key]) => !sections.has(key))),
  );
}

/** The smallest parts with a meaning of their own that a fault makes useless. */
function unitsOf(issue: Issue): readonly Path[] {
  const path = pathOf(issue);
  if (path.length >= 2) return [path.slice(0, 2)];
  return issue.code === 'unrecognized_keys' ? (issue.keys ?? []).map((key) => [...path, key]) : [path];
}

function drop(value: unknown, units: readonly Path[]): unknown {
  const copy = structuredClone(value) as Record<string, Record<string, unknown>>;
  for (const [section, key] of units) {
    if (section === undefined) continue;
    if (key === undefined) delete copy[section];
    else delete copy[section]?.[key];
  }
  return copy;
}
