import type { Position } from '../../../../shared/domain/position.ts';
import { castText } from './interpolate.ts';
import { type ComposeNode, formatPath, type MapEntry } from './node.ts';
import type { Problems } from './problems.ts';
import { shortestFloat32 } from './units.ts';

/**
 * Decoders turn trees into the plain values of the resolved model, in the form Compose prints. Undefined means that
 * the attribute is left out, as Compose leaves out what is empty, false or zero.
 */
export type Decode = (node: ComposeNode, path: Path, context: DecodeContext) => unknown;

export type Path = readonly (string | number)[];

export interface DecodeContext {
  readonly problems: Problems;
  /** For each container of the model: where its keys or items come from. */
  readonly places: WeakMap<object, Map<string | number, Position>>;
}

export function place(context: DecodeContext, container: object, key: string | number, position: Position): void {
  let places = context.places.get(container);
  if (places === undefined) {
    places = new Map();
    context.places.set(container, places);
  }
  places.set(key, position);
}

export function fail(
  node: ComposeNode,
  path: Path,
  context: DecodeContext,
  message: string,
  remedy: string,
): undefined {
  context.problems.error({ code: 'compose.invalid', message, remedy, position: node.position, path });
  return undefined;
}

export function textOf(node: ComposeNode, path: Path, context: DecodeContext): string | undefined {
  if (node.kind === 'scalar' && typeof node.value !== 'boolean') return node.text;
  return fail(node, path, context, `${formatPath(path)} must be text.`, 'Put quotes around the value.');
}

export const text: Decode = (node, path, context) => textOf(node, path, context) || undefined;

/** Kept when false or zero. */
export const flag: Decode = (node, path, context) => {
  if (node.kind === 'scalar') {
    if (node.value === null) return undefined;
    if (typeof node.value === 'boolean') return node.value;
    const cast = typeof node.value === 'string' ? castText(node.value, 'boolean') : undefined;
    if (cast !== undefined) return cast;
  }
  return fail(node, path, context, `${formatPath(path)} must be true or false.`, 'Write true or false.');
};

export const integer: Decode = (node, path, context) => {
  if (node.kind === 'scalar') {
    if (node.value === null) return undefined;
    if (typeof node.value === 'number' && Number.isFinite(node.value)) return Math.trunc(node.value);
    const cast = typeof node.value === 'string' ? castText(node.value, 'integer') : undefined;
    if (cast !== undefined) return cast;
  }
  return fail(node, path, context, `${formatPath(path)} must be a whole number.`, 'Give a whole number.');
};

/** A 32-bit float. */
export const float: Decode = (node, path, context) => {
  if (node.kind === 'scalar') {
    if (node.value === null) return undefined;
    const value = typeof node.value === 'string' ? castText(node.value, 'number') : node.value;
    if (typeof value === 'number' && Number.isFinite(value)) return shortestFloat32(value);
  }
  return fail(node, path, context, `${formatPath(path)} must be a number.`, 'Give a number such as 0.5.');
};

/** Drops false and zero. */
export function nonZero(decode: Decode): Decode {
  return (node, path, context) => decode(node, path, context) || undefined;
}

/** A list of texts, or one text; left out when empty. */
export const strings: Decode = (node, path, context) => {
  if (node.kind === 'scalar') {
    if (node.value === null) return undefined;
    const one = [textOf(node, path, context) ?? ''];
    place(context, one, 0, node.position);
    return one;
  }
  if (node.kind === 'map') return fail(node, path, context, `${formatPath(path)} must be a list.`, 'Write a list.');
  const items: string[] = [];
  node.items.forEach((item, index) => {
    place(context, items, items.length, item.position);
    items.push(textOf(item, [...path, index], context) ?? '');
  });
  return items.length === 0 ? undefined : items;
};

export function listOf(decode: Decode): Decode {
  return (node, path, context) => {
    if (node.kind !== 'list') {
      if (node.kind === 'scalar' && node.value === null) return undefined;
      return fail(node, path, context, `${formatPath(path)} must be a list.`, 'Write a list.');
    }
    const items: unknown[] = [];
    node.items.forEach((item, index) => {
      const value = decode(item, [...path, index], context);
      if (value === undefined) return;
      place(context, items, items.length, item.position);
      items.push(value);
    });
    return items.length === 0 ? undefined : items;
  };
}

export function mapOf(decode: Decode): Decode {
  return (node, path, context) => {
    if (node.kind !== 'map') {
      if (node.kind === 'scalar' && node.value === null) return undefined;
      return fail(node, path, context, `${formatPath(path)} must be a mapping.`, 'Write a mapping.');
    }
    const values: [string, unknown][] = [];
    for (const [key, entry] of node.entries) {
      const value = decode(entry.value, [...path, key], context);
      if (value !== undefined) values.push([key, value]);
    }
    if (values.length === 0) return undefined;
    const decoded = Object.fromEntries(values);
    for (const [key] of values) place(context, decoded, key, spot(node.entries.get(key)!));
    return decoded;
  };
}

/** Single values are where they stand; structures are where their key stands. */
function spot(entry: MapEntry): Position {
  return entry.value.kind === 'scalar' ? entry.value.position : entry.keyPosition;
}

/** Keys and values as texts, from a mapping or from a list of `key=value`. `absent` is the value of lone keys. */
export function pairs(absent: string | null, options: { readonly noTrailingSpace?: boolean } = {}): Decode {
  return (node, path, context) => {
    const found = new Map<string, readonly [string | null, Position]>();
    if (node.kind === 'map') {
      for (const [key, { value, keyPosition }] of node.entries) {
        const isAbsent = value.kind === 'scalar' && value.value === null;
        const shown = value.kind === 'scalar' ? value.text : '';
        found.set(key, [isAbsent ? absent : shown, isAbsent ? keyPosition : value.position]);
      }
    } else if (node.kind === 'list') {
      for (const item of node.items) {
        const whole = item.kind === 'scalar' ? item.text : '';
        const equals = whole.indexOf('=');
        const key = equals === -1 ? whole : whole.slice(0, equals);
        if (options.noTrailingSpace === true && /\s$/.test(key)) {
          fail(item, path, context, `The variable “${key}” has a space before =.`, 'Remove the space.');
        }
        found.set(key, [equals === -1 ? absent : whole.slice(equals + 1), item.position]);
      }
    } else if (node.value !== null) {
      return fail(node, path, context, `${formatPath(path)} must be a mapping or a list.`, 'Write KEY: value lines.');
    }
    if (found.size === 0) return undefined;
    const values = Object.fromEntries([...found].map(([key, [value]]) => [key, value]));
    for (const [key, [, position]] of found) place(context, values, key, position);
    return values;
  };
}

export type Fields = readonly (readonly [name: string, decode: Decode, always?: unknown])[];

/**
 * A structure: known attributes in the order in which Compose writes them, the rest (`x-…`) left out. `always` is
 * printed when the attribute is absent.
 */
export function struct(fields: Fields): Decode {
  return (node, path, context) => {
    if (node.kind !== 'map') {
      if (node.kind === 'scalar' && node.value === null) return undefined;
      return fail(node, path, context, `${formatPath(path)} must be a mapping.`, 'Write a mapping.');
    }
    const value: Record<string, unknown> = {};
    for (const [name, decode, always] of fields) {
      const entry = node.entries.get(name);
      const decoded = entry === undefined ? undefined : decode(entry.value, [...path, name], context);
      if (decoded !== undefined) {
        value[name] = decoded;
        if (entry !== undefined) place(context, value, name, spot(entry));
      } else if (always !== undefined) value[name] = always;
    }
    return value;
  };
}
