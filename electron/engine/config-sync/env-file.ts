import { AppError } from '../../../shared/errors.ts';
import { parseDotenv } from '../stacks/compose/dotenv.ts';
import { createProblems } from '../stacks/compose/problems.ts';

/** A key of a template, with what to propose for it. */
export interface TemplateKey {
  readonly key: string;
  /** Its example, variables as they are written. */
  readonly proposal: string;
  /** What the lines right above it say. */
  readonly comment: string | null;
  /** The example has variables in it, so that a dollar sign in an answer means one, too. */
  readonly variables: boolean;
  /** The lines that give it, as they stand there, without the last line break. */
  readonly source: string;
}

/** What to add to an env file. */
export interface NewKey extends Pick<TemplateKey, 'key' | 'comment' | 'variables'> {
  readonly value: string;
  /** Written as it is: the template's own lines. */
  readonly source?: string;
}

/** Every key of an env file, also those that take their value from the shell. Throws `compose.syntax` where it is broken. */
export function keysOf(text: string, file: string): ReadonlySet<string> {
  return new Set(parse(text, file).keys());
}

/** The keys of a template in its order. Throws `compose.syntax`. */
export function readTemplate(text: string, file: string): readonly TemplateKey[] {
  const source = text.replace(/^\uFEFF/, '');
  const lines = source.split('\n');
  const found = [...parse(text, file)].sort(([, a], [, b]) => a.position.line - b.position.line);
  const starts = found.map(([, { position }]) => position.line - 1);
  return found.map(([key, variable], index) => {
    const start = starts[index] ?? 0;
    let end = starts[index + 1] ?? lines.length;
    // What stands between is the next key's comment.
    while (end > start + 1 && /^\s*(#|$)/.test(lines[end - 1] ?? '')) end -= 1;
    const own = lines.slice(start, end).join('\n').replace(/\r$/, '');
    return {
      key,
      proposal: variable.template?.written ?? variable.value,
      comment: commentAbove(lines, start),
      variables: variable.template !== undefined,
      source: own,
    };
  });
}

function commentAbove(lines: readonly string[], start: number): string | null {
  const above: string[] = [];
  for (let at = start - 1; at >= 0 && /^\s*#/.test(lines[at] ?? ''); at -= 1) {
    above.unshift((lines[at] ?? '').replace(/^\s*#+\s?/, '').trimEnd());
  }
  const text = above.join('\n').trim();
  return text === '' ? null : text.slice(0, 1000);
}

/**
 * The text with more keys at its end: every byte of what was there stays. Throws `input.invalid` for a value that no
 * env file can hold.
 */
export function appendKeys(text: string, keys: readonly NewKey[], file: string): string {
  const eol = text.includes('\r\n') ? '\r\n' : '\n';
  let result = text === '' || text.endsWith('\n') ? text : text + eol;
  for (const { key, comment, value, variables, source } of keys) {
    const lines = (comment ?? '')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => `# ${line}`);
    if (lines.length > 0 && result !== '') lines.unshift('');
    const written = source?.replace(/\r?\n/g, eol) ?? `${key}=${encode(value, variables)}`;
    result += [...lines, written, ''].join(eol);
  }
  for (const { key, value, variables, source } of keys) {
    if (source !== undefined || variables) continue;
    if (parse(result, file).get(key)?.value === value) continue;
    throw new AppError({
      code: 'input.invalid',
      message: `What was given for ${key} cannot be written to ${file}.`,
      remedy: 'Write it into the file by hand.',
    });
  }
  return result;
}

/** A value so that Compose reads the same one back. */
function encode(value: string, variables: boolean): string {
  if (/^[A-Za-z0-9_./:@%+,=~^-]*$/.test(value)) return value;
  // Other readers of env files, too, take what is in single quotes as it is.
  if (!/['\\\r]/.test(value) && !(variables && value.includes('$'))) return `'${value}'`;
  const escaped = value.replace(/[\\"]/g, '\\$&').replaceAll('\r', '\\r');
  return `"${variables ? escaped : escaped.replaceAll('$', '$$$$')}"`;
}

function parse(text: string, file: string): ReturnType<typeof parseDotenv> {
  const problems = createProblems();
  // A key without a value counts as one that is there, and what a value is made of does not matter here.
  const variables = parseDotenv(text, file, () => undefined, problems);
  const lone = parseDotenv(text, file, () => '', createProblems());
  const broken = problems.all.filter(({ severity, code }) => severity === 'error' && code === 'compose.syntax');
  const [first] = broken;
  if (first !== undefined) {
    throw new AppError({
      code: 'compose.syntax',
      message: first.message,
      remedy: first.remedy,
      details: { problems: broken },
    });
  }
  for (const [key, variable] of lone) if (!variables.has(key)) variables.set(key, variable);
  return variables;
}
