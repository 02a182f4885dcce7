/** Words that a line has when something is wrong, the strongest first. */
const strong =
  /\b(out of memory|oom|panic|fatal|segmentation fault|no space left|cannot allocate|traceback|uncaught|unhandled)\b/i;
const medium = /\b(error|exception|failed|failure|refused|denied|timed? ?out|cannot|could not|unable to)\b/i;
/** Lines about errors that are none. */
const harmless = /\b(0 errors?|no errors?|errors?[=:] ?0|without errors?|error_log|errorhandler|retrying)\b/i;
const stackFrame = /^\s+(at |File "|\.\.\. \d+ more)|^\s*\^+\s*$/;
/** Colours and other control sequences of terminals. */
const escapes = /\u001b\[[0-9;?]*[A-Za-z]/g;

/** Longest line that is shown. */
const maxLength = 200;

/**
 * The line of a log that tells most about an end: the last one with strong words, else the last that sounds like an
 * error, else the last one at all. Null without lines.
 */
export function tellingLine(lines: readonly string[]): string | null {
  const clean = lines.map((line) => line.replace(escapes, '').trimEnd()).filter((line) => line !== '');
  const candidates = clean.filter((line) => !harmless.test(line) && !stackFrame.test(line));
  const found =
    candidates.findLast((line) => strong.test(line)) ??
    candidates.findLast((line) => medium.test(line)) ??
    clean.at(-1);
  const text = found?.trim();
  return text === undefined ? null : text.length > maxLength ? `${text.slice(0, maxLength - 1)}…` : text;
}

/** Whether one line of a log counts as an error. `pattern`: the user's own, case-insensitive. */
export function errorMatcher(pattern: string | null): (line: string) => boolean {
  if (pattern !== null) {
    const own = new RegExp(pattern, 'iu');
    return (line) => own.test(line);
  }
  return (line) => (strong.test(line) || medium.test(line)) && !harmless.test(line);
}
