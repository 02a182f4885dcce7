import { stringify } from 'yaml';
import type { ComposeProject } from '../../../../shared/domain/compose-model.ts';

export type PrintFormat = 'yaml' | 'json';

/**
 * The resolved model as text, in the form of `docker compose config`: it can be given to Compose again, which is why
 * every dollar sign is doubled.
 */
export function printProject(project: ComposeProject, format: PrintFormat): string {
  const printable = escapeDollars(printableProject(project));
  if (format === 'json') return `${JSON.stringify(printable, null, 2)}\n`;
  return stringify(withoutNullCommands(printable), { lineWidth: 0, aliasDuplicateObjects: false, version: '1.1' });
}

/** The model as Compose writes it into JSON. */
export function printableProject(project: ComposeProject): unknown {
  const { services } = project;
  return {
    ...project,
    services: Object.fromEntries(
      Object.entries(services).map(([name, service]) => [
        name,
        { ...service, ...(service.ulimits === undefined ? {} : { ulimits: service.ulimits }) },
      ]),
    ),
  };
}

function escapeDollars(value: unknown): unknown {
  if (typeof value === 'string') return value.replaceAll('$', '$$$$');
  if (Array.isArray(value)) return value.map(escapeDollars);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key.replaceAll('$', '$$$$'), escapeDollars(inner)]),
  );
}

/** In YAML an absent command is left out; JSON has null for it. */
function withoutNullCommands(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNullCommands);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key, inner]) => !(inner === null && (key === 'command' || key === 'entrypoint')))
      .map(([key, inner]) => [key, withoutNullCommands(inner)]),
  );
}
