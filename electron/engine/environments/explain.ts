import type { ExplainedValue } from '../../../shared/contract/compose-projects.ts';
import type { StackExplanation } from '../../../shared/contract/environments.ts';
import { formatPosition } from '../../../shared/domain/position.ts';
import { maskedText } from './masking.ts';
import type { LoadedStack } from './stack-loader.ts';

type Path = readonly (string | number)[];

/** Every value of a resolved project, or of one of its services, with its place and the variables in it. */
export function explain(loaded: LoadedStack, folder: string, service?: string): StackExplanation {
  const values: ExplainedValue[] = [];
  const { project } = loaded;
  const row = (path: Path, value: unknown): void => {
    const own = path[0] === 'services' && typeof path[1] === 'string' ? path[1] : null;
    const position = loaded.positionOf(path);
    const origin = loaded.originOf(path);
    values.push({
      service: own,
      path: formatted(own === null ? path : path.slice(2)),
      value: maskedText(loaded, path, shown(value)),
      position: position === undefined ? null : formatPosition(position),
      written: origin?.written ?? null,
      variables: (origin?.variables ?? []).map((use) => ({
        name: use.name,
        from: use.from,
        position: use.position === undefined ? null : formatPosition(use.position),
      })),
    });
  };
  const walk = (value: unknown, path: Path): void => {
    if (Array.isArray(value) && value.length > 0) {
      // A list of plain words, such as a command, reads better in one line, unless its words differ in where they are from.
      const words = value.every((item) => typeof item !== 'object' || item === null);
      if (words && value.every((_item, index) => loaded.originOf([...path, index]) === undefined)) {
        row(path, value);
        return;
      }
      for (const [index, item] of value.entries()) walk(item, [...path, index]);
      return;
    }
    if (typeof value === 'object' && value !== null && Object.keys(value).length > 0) {
      for (const [key, item] of Object.entries(value)) walk(item, [...path, key]);
      return;
    }
    // An attribute that is not set: the container image decides.
    if (value === null && path.length === 3 && path[0] === 'services') return;
    row(path, value);
  };
  if (service === undefined) for (const [key, value] of Object.entries(project)) walk(value, [key]);
  else walk(project.services[service], ['services', service]);
  return {
    projectName: project.name,
    folder,
    files: [...loaded.files],
    envFiles: [...loaded.envFiles],
    values,
    problems: loaded.warnings.filter(({ path }) => belongs(path, service)),
    risks: loaded.risks.filter((risk) => service === undefined || risk.service === service),
  };
}

/** Is a remark about this service, or about none in particular? */
function belongs(path: string | undefined, service: string | undefined): boolean {
  if (service === undefined || path === undefined || !path.startsWith('services.')) return true;
  return path === `services.${service}` || path.startsWith(`services.${service}.`);
}

function shown(value: unknown): string {
  if (typeof value === 'string') return value;
  if (Array.isArray(value) && value.length > 0) return value.map(shown).join(' ');
  return JSON.stringify(value) ?? '';
}

function formatted(path: Path): string {
  return path.reduce<string>(
    (text, part) => (typeof part === 'number' ? `${text}[${part}]` : text === '' ? part : `${text}.${part}`),
    '',
  );
}
