import type { ComposeProject } from '../../../shared/domain/compose-model.ts';
import type { LoadedStack } from './stack-loader.ts';

type Path = readonly (string | number)[];

/** In place of what a key store keeps, wherever a resolved model is shown or stored. */
export const mask = '***';

/** Shorter texts (`1`, `dev`) stand for much else; where one is not known to come from the key store, it stays. */
const tellingLength = 6;

/** A text of a resolved model with what comes from the key store masked. */
export function maskedText(loaded: LoadedStack, path: Path, text: string): string {
  const secrets = loaded.secrets ?? {};
  const used = (loaded.originOf(path)?.variables ?? []).flatMap(({ name, from }) =>
    from === 'secret' ? [secrets[name] ?? ''] : [],
  );
  const anywhere = Object.values(secrets).filter((value) => value.length >= tellingLength);
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
