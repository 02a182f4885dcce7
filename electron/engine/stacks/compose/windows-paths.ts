import { sep } from 'node:path';
import type { Environment } from './context.ts';
import { get, type MapNode, scalar, stringOf, withKey } from './node.ts';
import { isYes } from './units.ts';

/** `COMPOSE_CONVERT_WINDOWS_PATHS`, which Compose heeds on Windows only. */
export function convertsWindowsPaths(environment: Environment, separator: string = sep): boolean {
  if (separator !== '\\') return false;
  return isYes(environment.get('COMPOSE_CONVERT_WINDOWS_PATHS')?.value);
}

/** `C:\data` as `/c/data`, for an engine whose host is not Windows. */
export function unixPath(path: string): string {
  const match = /^([a-zA-Z]):(.*)$/s.exec(path);
  return match === null ? path : `/${match[1]!.toLowerCase()}${match[2]!.replaceAll('\\', '/')}`;
}

/** A mount with its source as a Unix path. */
export function withUnixSource(mount: MapNode): MapNode {
  const source = get(mount, 'source');
  const text = stringOf(source);
  return source === undefined || text === undefined
    ? mount
    : withKey(mount, 'source', scalar(unixPath(text), source.position));
}
