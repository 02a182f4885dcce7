/** Rules for the names people give and the names we make from them. */

const vague =
  /^(backup|latest|test|tmp|temp|new|old|copy|snapshot|image|data|db|final|misc|foo|bar|asdf|x+)[-_]?(backup|copy|snapshot|image|data)?[-_]?\d*$/;
const classShort = { development: 'dev', test: 'test', 'production-like': 'prodlike' } as const;

export type EnvironmentClass = keyof typeof classShort;
export const environmentClasses = ['development', 'test', 'production-like'] as const;

/** Lower case, digits and single hyphens: what every engine and file system accepts. Empty when nothing is left. */
export function slug(text: string): string {
  return text
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9.]+/g, '-')
    .replace(/^[-.]+|[-.]+$/g, '');
}

/** Compose's own rule for turning a folder's name into a project name. */
export function composeProjectName(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^-_a-z0-9]/g, '')
    .replace(/^[_-]+/, '');
}

export type NameCheck =
  | { readonly ok: true }
  | { readonly ok: false; readonly reason: string; readonly suggestion: string };

/** `yyyymmdd` in the user's own time zone. */
export function dayStamp(date: Date): string {
  const two = (n: number): string => String(n).padStart(2, '0');
  return `${date.getFullYear()}${two(date.getMonth() + 1)}${two(date.getDate())}`;
}

/** `golden-<class>-<purpose>-<yyyymmdd>[-<tag>]`. */
export function goldenName(environmentClass: EnvironmentClass, purpose: string, date: Date, tag?: string): string {
  const parts = ['golden', classShort[environmentClass], slug(purpose) || 'image', dayStamp(date)];
  const cleanTag = tag === undefined ? '' : slug(tag);
  return cleanTag === '' ? parts.join('-') : [...parts, cleanTag].join('-');
}

/** Refuses purposes that will say nothing in a month, with a better one made from what we know. */
export function checkPurpose(purpose: string, context: { readonly branch?: string | null }): NameCheck {
  const clean = slug(purpose);
  const suggestion = slug(context.branch ?? '') || 'before-migration';
  if (clean === '') return { ok: false, reason: 'The purpose is empty.', suggestion };
  if (clean.length > 80)
    return { ok: false, reason: 'The purpose is longer than 80 characters.', suggestion: clean.slice(0, 60) };
  if (vague.test(clean))
    return { ok: false, reason: `"${purpose}" will not tell anyone what this image is for.`, suggestion };
  return { ok: true };
}
