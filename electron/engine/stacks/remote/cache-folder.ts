import { join } from 'node:path';

/**
 * Where Compose keeps what it fetched, one folder for each commit. Ours are the same: their paths get into containers
 * and their hashes, and one made by either must not look changed to the other.
 */
export function composeCacheFolder(
  environment: Readonly<Record<string, string | undefined>>,
  home: string,
  platform: NodeJS.Platform,
): string {
  const given = environment['XDG_CACHE_HOME'];
  if (given !== undefined) return join(given, 'docker-compose');
  if (platform === 'darwin') return join(home, 'Library', 'Caches', 'docker-compose');
  if (platform === 'win32') {
    return join(environment['LOCALAPPDATA'] ?? join(home, 'AppData', 'Local'), 'cache', 'docker-compose');
  }
  return join(home, '.cache', 'docker-compose');
}
