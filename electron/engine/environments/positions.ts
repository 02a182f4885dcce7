import type { ComposeProject } from '../../../shared/domain/compose-model.ts';
import type { Position } from '../../../shared/domain/position.ts';
import { formatPosition } from '../../../shared/domain/position-text.ts';

type Path = readonly (string | number)[];

/** JSON pointer → `file:line:column` for every value of a model that has a place. */
export function positionsOf(
  project: ComposeProject,
  positionOf: (path: Path) => Position | undefined,
): Record<string, string> {
  const positions: Record<string, string> = {};
  const walk = (value: unknown, path: Path): void => {
    const position = path.length === 0 ? undefined : positionOf(path);
    if (position !== undefined) positions[pointer(path)] = formatPosition(position);
    if (Array.isArray(value)) for (const [index, each] of value.entries()) walk(each, [...path, index]);
    else if (typeof value === 'object' && value !== null)
      for (const [key, each] of Object.entries(value)) walk(each, [...path, key]);
  };
  walk(project, []);
  return positions;
}

function pointer(path: Path): string {
  return path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}
