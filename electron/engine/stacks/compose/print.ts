import { stringify } from 'yaml';
import type { ComposeProject } from '../../../../shared/domain/compose-model.ts';

export type PrintFormat = 'yaml' | 'json';

/**
 * The resolved model as text, in the form of `docker compose config`: it can be given to Compose again, which is why
 * every dollar sign is doubled.
 */
export function printProject(project: ComposeProject, format: PrintFormat): string {
  const printable = escapeDollars(project);
  if (format === 'json') return `${JSON.stringify(printable, null, 2)}\n`;
  return stringify(withoutNullCommands(printable), { lineWidth: 0, aliasDuplicateObjects: false, version: '1.1' });
}

function escapeDollars(value: unknown): unknown {
  if (typeof value === 'string') return value.replaceAll('$', '$$$$');
  if (Array.isArray(value)) return value.map(escapeDollars);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key.replaceAll('$', '$$$$'), escapeDollars(inner)]),
  );
}

/** In YAML an absent command is left out, and so is a watch action's command that is not there; JSON has null. */
function withoutNullCommands(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNullCommands);
  if (typeof value !== 'object' || value === null) return value;
  const kept: [string, unknown][] = [];
  for (const [key, inner] of Object.entries(value)) {
    if (inner === null && (key === 'command' || key === 'entrypoint')) continue;
    const printed = withoutNullCommands(inner);
    const nothing = key === 'exec' && typeof printed === 'object' && Object.keys(printed ?? {}).length === 0;
    if (!nothing) kept.push([key, printed]);
  }
  return Object.fromEntries(kept);
}
