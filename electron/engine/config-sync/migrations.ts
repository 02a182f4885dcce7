import { join } from 'node:path';
import { pathGlob } from '../../../shared/domain/path-glob.ts';
import type { Files } from '../platform/files.ts';

const maxEntries = 30_000;
const maxDepth = 10;
const maxFound = 5_000;

/** Where nobody keeps migrations of their own. */
const skipped = new Set([
  'node_modules',
  'vendor',
  'dist',
  'build',
  'target',
  'out',
  'bin',
  'obj',
  'coverage',
  'venv',
  '__pycache__',
  'bower_components',
]);

/** Where the common tools keep them: Prisma, Rails, Alembic, Flyway, Liquibase, Drizzle, and folders called migrations. */
const known: readonly RegExp[] = [
  /(^|\/)prisma\/([^/]+\/)?migrations\/[^/]+\/migration\.sql$/,
  /(^|\/)db\/migrate\/\d[^/]*\.rb$/,
  /(^|\/)(alembic|migrations)\/versions\/[^/]+\.py$/,
  /(^|\/)migrations\/(\w+\/)?\d[^/]*\.(sql|py|js|ts|mjs|cjs|php|rb|exs|go|cs)$/i,
  /(^|\/)drizzle\/\d[^/]*\.sql$/,
  /(^|\/)[VR][\d.]*_?[\w.]*__[^/]+\.(sql|java)$/,
  /(^|\/)db\/changelog\/.+\.(xml|ya?ml|sql|json)$/,
];
/** Ways back, tests and what compilers add. */
const beside = /(\.down\.\w+|\.(spec|test)\.\w+|\.designer\.cs)$/i;

/** Does a path below the folder, with slashes, name a migration? `patterns`: as golden.yml declares them. */
export function migrationTest(patterns: readonly string[] | undefined): (path: string) => boolean {
  if (patterns === undefined) return (path) => known.some((each) => each.test(path)) && !beside.test(path);
  // A folder stands for all that is in it.
  const globs = patterns.map((pattern) => pathGlob(`${pattern}/**`));
  return (path) => globs.some((matches) => matches(path));
}

/** Paths of migrations below a folder, sorted. Links are not followed. */
export async function findMigrations(
  files: Pick<Files, 'list'>,
  folder: string,
  patterns: readonly string[] | undefined,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const isMigration = migrationTest(patterns);
  const found: string[] = [];
  let seen = 0;
  const walk = async (below: string, depth: number): Promise<void> => {
    signal.throwIfAborted();
    const entries = await files.list(join(folder, below)).catch(() => []);
    for (const { name, kind } of entries) {
      seen += 1;
      if (seen > maxEntries || found.length >= maxFound) return;
      const path = below === '' ? name : `${below}/${name}`;
      if (kind === 'file' && isMigration(path)) found.push(path);
      else if (kind === 'folder' && depth < maxDepth && !skipped.has(name) && !name.startsWith('.')) {
        await walk(path, depth + 1);
      }
    }
  };
  await walk('', 0);
  return found.sort();
}

/** What people call it: `0142_fractal_levels`. */
export function migrationName(path: string): string {
  const parts = path.split('/');
  const file = parts.at(-1) ?? path;
  if (file === 'migration.sql') return parts.at(-2) ?? file;
  return file.replace(/(\.up)?\.\w+$/, '');
}
