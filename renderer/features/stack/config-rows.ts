export interface ConfigRow {
  /** Keys from the service down: `environment.PGHOST`, `ports[0].target`. */
  readonly path: string;
  readonly value: string;
  /** `file:line:column`, of the value or of the nearest thing around it that has one. */
  readonly source: string | null;
}

const escapePointer = (key: string): string => key.replaceAll('~', '~0').replaceAll('/', '~1');
const shown = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

/**
 * A service of the resolved model as one row per value, with the place each comes from.
 * @param model the parsed JSON of `stacks.config` for one service: the project, or the service itself
 * @param positions JSON pointers into the project to `file:line:column`
 */
export function configRows(
  model: unknown,
  service: string,
  positions: Readonly<Record<string, string>>,
): readonly ConfigRow[] {
  const root = serviceOf(model, service);
  const base = `/services/${escapePointer(service)}`;
  const rows: ConfigRow[] = [];
  const place = (pointer: string): string | null => {
    for (let at = pointer; at.length >= base.length; at = at.slice(0, at.lastIndexOf('/'))) {
      const found = positions[at];
      if (found !== undefined) return found;
    }
    return null;
  };
  const walk = (value: unknown, path: string, pointer: string): void => {
    if (Array.isArray(value) && value.length > 0) {
      // A list of plain words, such as a command, reads better in one line.
      if (value.every((item) => typeof item !== 'object' || item === null)) {
        rows.push({ path, value: value.map(shown).join(' '), source: place(pointer) });
        return;
      }
      value.forEach((item, index) => {
        walk(item, `${path}[${index}]`, `${pointer}/${index}`);
      });
      return;
    }
    if (typeof value === 'object' && value !== null && Object.keys(value).length > 0) {
      for (const [key, item] of Object.entries(value))
        walk(item, path === '' ? key : `${path}.${key}`, `${pointer}/${escapePointer(key)}`);
      return;
    }
    // Not set: the container image decides.
    if (value === null && pointer.lastIndexOf('/') === base.length) return;
    if (path !== '') rows.push({ path, value: shown(value), source: place(pointer) });
  };
  walk(root, '', base);
  return rows;
}

function serviceOf(model: unknown, service: string): unknown {
  if (typeof model !== 'object' || model === null) return {};
  const services = (model as Record<string, unknown>)['services'];
  if (typeof services === 'object' && services !== null && service in services)
    return (services as Record<string, unknown>)[service];
  return model;
}
