import { posix } from 'node:path';

export interface ShortMount {
  readonly type: 'volume' | 'bind';
  readonly source?: string;
  readonly target: string;
  readonly read_only?: true;
  readonly bind?: Readonly<Record<string, string | boolean>>;
  readonly volume?: Readonly<Record<string, boolean>>;
}

export type ParsedMount = { readonly mount: ShortMount } | { readonly fault: string };

const propagations = new Set(['rprivate', 'private', 'rshared', 'shared', 'rslave', 'slave']);

/** `[source:]target[:options]`; a colon after a single letter belongs to a Windows drive. */
export function parseShortMount(text: string): ParsedMount {
  if (text === '') return { fault: 'the mount is empty' };
  if (text.length <= 2) return { mount: { type: 'volume', target: text } };
  const parts = splitColons(text);
  if (parts.some((part) => part === '')) return { fault: `“${text}” has an empty part between colons` };
  if (parts.length > 3) return { fault: `“${text}” has too many colons` };
  const [source, target, options] =
    parts.length === 1 ? [undefined, parts[0]!, ''] : [parts[0], parts[1]!, parts[2] ?? ''];
  let readOnly = false;
  let nocopy = false;
  const bind: Record<string, string | boolean> = {};
  for (const option of options.split(',')) {
    if (option === 'ro') readOnly = true;
    else if (option === 'rw') readOnly = false;
    else if (option === 'nocopy') nocopy = true;
    else if (option === 'z' || option === 'Z') bind['selinux'] = option;
    else if (propagations.has(option)) bind['propagation'] = option;
  }
  const isBind = source !== undefined && isPath(source);
  return {
    mount: {
      type: isBind ? 'bind' : 'volume',
      ...(source === undefined ? {} : { source }),
      target: cleanTarget(target),
      ...(readOnly ? { read_only: true as const } : {}),
      ...(isBind ? { bind: { ...bind, create_host_path: true } } : Object.keys(bind).length > 0 ? { bind } : {}),
      ...(isBind && !nocopy ? {} : { volume: nocopy ? { nocopy: true } : {} }),
    },
  };
}

export function cleanTarget(target: string): string {
  if (target === '') return '';
  const clean = posix.normalize(target);
  return clean.length > 1 && clean.endsWith('/') ? clean.slice(0, -1) : clean;
}

function splitColons(text: string): string[] {
  const parts: string[] = [];
  let part = '';
  let braces = 0;
  for (let i = 0; i < text.length; i++) {
    const char = text[i]!;
    if (char === '$' && text[i + 1] === '{') braces += 1;
    if (char === '}' && braces > 0) braces -= 1;
    if (char === ':' && braces === 0 && !/^\p{L}$/u.test(part)) {
      parts.push(part);
      part = '';
    } else part += char;
  }
  parts.push(part);
  return parts;
}

/** Is the source of a short mount a path of the host rather than the name of a volume? */
export function isPath(source: string): boolean {
  return /^[./~]/.test(source) || source.startsWith('\\\\') || /^\p{L}:/u.test(source);
}
