import type { ComposeProject } from '../../../shared/domain/compose-model.ts';
import { AppError } from '../../../shared/errors.ts';
import type { LoadedStack } from './stack-loader.ts';

type Path = readonly (string | number)[];

/** In place of what a key store keeps, wherever a resolved model is shown or stored. */
export const mask = '***';

/**
 * Does a text stand for nothing but itself? `1`, `dev` and `postgres` stand for much else: where one is not known to come
 * from the key store, it stays, or half of what is shown would be masked.
 */
function isTelling(value: string): boolean {
  const kinds = [/[a-z]/, /[A-Z]/, /\d/, /[^a-zA-Z\d]/].filter((kind) => kind.test(value)).length;
  return value.length >= 12 || (value.length >= 6 && kinds >= 2);
}

/** Those that stand for nothing else, and the lines of those that have several, as output comes line by line. */
export function telling(values: readonly string[]): string[] {
  const lines = values.flatMap((value) => (value.includes('\n') ? [value, ...value.split(/\r?\n/)] : [value]));
  return lines.filter(isTelling);
}

/** A text of a resolved model with what comes from the key store masked. */
export function maskedText(loaded: LoadedStack, path: Path, text: string): string {
  const secrets = loaded.secrets ?? {};
  const used = (loaded.originOf(path)?.variables ?? []).flatMap(({ name, from }) =>
    from === 'secret' ? [secrets[name] ?? ''] : [],
  );
  const anywhere = telling(Object.values(secrets));
  const hidden = hideValues(hideValues(text, used), anywhere);
  // It was made into something else on the way, such as another type: nothing of it is shown.
  const lost = used.some((value) => value !== '' && !text.includes(value));
  return lost ? mask : hidden;
}

/** The model with what comes from the key store masked. It may be one service of the stack's, at the same path. */
export function withoutSecrets(loaded: LoadedStack, project: ComposeProject): ComposeProject {
  if (Object.keys(loaded.secrets ?? {}).length === 0) return project;
  const walk = (value: unknown, path: Path): unknown => {
    if (typeof value === 'string') return maskedText(loaded, path, value);
    if (typeof value === 'number' || typeof value === 'boolean') {
      const text = maskedText(loaded, path, String(value));
      return text === String(value) ? value : text;
    }
    if (Array.isArray(value)) return value.map((item, index) => walk(item, [...path, index]));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, walk(item, [...path, key])]));
  };
  return walk(project, []) as ComposeProject;
}

/** With every one of these values masked. */
export function hideValues(text: string, values: readonly string[]): string {
  return [...values]
    .filter((value) => value !== '')
    .sort((a, b) => b.length - a.length)
    .reduce((result, value) => result.replaceAll(value, mask), text);
}

/** Words about values, in which long ones are cut off and end in `…`. */
export function hideInWords(text: string, values: readonly string[]): string {
  let result = text;
  for (const value of values) {
    if (value === '') continue;
    // A short one also stands for much else; in quotes it is the value itself.
    if (!isTelling(value)) result = result.replaceAll(`“${value}”`, `“${mask}”`);
    else result = hideValues(result, [value]);
    if (result.includes('…')) result = hideCutOff(result, value);
  }
  return result;
}

function hideCutOff(text: string, value: string): string {
  for (let length = value.length - 1; length >= 3; length -= 1) {
    const cut = `${value.slice(0, length)}…`;
    if (text.includes(cut)) return text.replaceAll(cut, `${mask}…`);
  }
  return text;
}

/** The same for every text in something that is shown, such as problems of a file. */
export function hideInAll<T>(shown: T, values: readonly string[]): T {
  const walk = (value: unknown): unknown => {
    if (typeof value === 'string') return hideInWords(value, values);
    if (Array.isArray(value)) return value.map(walk);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, walk(item)]));
  };
  return values.length === 0 ? shown : (walk(shown) as T);
}

/** An error of a reader, which names the values that it does not like. */
export function errorWithoutSecrets(error: unknown, values: readonly string[]): unknown {
  if (!(error instanceof AppError) || values.length === 0) return error;
  const { code, message, remedy, details } = error;
  return new AppError(hideInAll({ code, message, remedy, ...(details === undefined ? {} : { details }) }, values));
}
