import { join } from 'node:path';
import envPaths from 'env-paths';

/**
 * Where everything of ours lives: `GOLDEN_HOUR_HOME` when set, else the operating system's folder for application
 * data. The window, the CLI and `golden serve` must agree on it, so they all ask here.
 */
export function dataFolder(environment: Readonly<Record<string, string | undefined>>): string {
  const own = environment['GOLDEN_HOUR_HOME'];
  return own !== undefined && own !== '' ? own : envPaths('golden-hour', { suffix: '' }).data;
}

/** The SQLite file, under the data folder. */
export function databasePath(folder: string): string {
  return join(folder, 'golden-hour.db');
}

/** Holds the token for the page of figures: what a scraper names as its credentials file. */
export function metricsTokenPath(folder: string): string {
  return join(folder, 'metrics.token');
}
