import type { ComposeProject } from '../../../shared/domain/compose-model.ts';

const secretName = /pass|pwd|secret|token|credential|private|api_?key|access_?key|auth|dsn|salt|cookie/i;
const hidden = '***';

/**
 * The resolved configuration as it may lie in a golden image: values that are secret by their name go, and wherever
 * else the same text or a password in a URL appears, it goes too.
 */
export function redactProject(project: ComposeProject): unknown {
  const secrets = new Set<string>();
  collect(project, secrets);
  // Very short values ("1", "shop") also name services and databases; hiding those everywhere would leave nothing.
  const repeated = [...secrets].filter((value) => value.length >= 8).sort((a, b) => b.length - a.length);
  return redact(project, '', repeated);
}

function collect(value: unknown, into: Set<string>): void {
  if (Array.isArray(value)) for (const item of value) collect(item, into);
  else if (typeof value === 'object' && value !== null) {
    for (const [key, item] of Object.entries(value)) {
      if (typeof item === 'string' && secretName.test(key)) into.add(item);
      else collect(item, into);
    }
  }
}

/** `path` ends in the names of the last two keys, dotted. */
function redact(value: unknown, path: string, repeated: readonly string[]): unknown {
  if (typeof value === 'string') return redactText(value, path, repeated);
  if (Array.isArray(value)) return value.map((item) => redact(item, path, repeated));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, redact(item, `${path.split('.').at(-1) ?? ''}.${key}`, repeated)]),
  );
}

function redactText(text: string, path: string, repeated: readonly string[]): string {
  const [parent = '', key = ''] = path.split('.');
  if ((parent === 'environment' || parent === 'args' || parent === 'labels') && secretName.test(key)) return hidden;
  if (key === 'content') return hidden;
  const withoutUrls = text.replace(/(\b[a-z][a-z0-9+.-]*:\/\/[^\s/:@]*):[^\s/@]+@/gi, `$1:${hidden}@`);
  return repeated.reduce((result, secret) => result.replaceAll(secret, hidden), withoutUrls);
}
