import { metricsTokenPath } from './data-folder.ts';
import { systemFiles } from './platform/files.ts';
import { newToken } from './platform/random.ts';

/** The token for the page of figures, the same in every life. Made when there is none; only its owner can read it. */
export async function metricsToken(dataFolder: string): Promise<{ readonly token: string; readonly file: string }> {
  const file = metricsTokenPath(dataFolder);
  const known = (await systemFiles.readText(file).catch(() => '')).trim();
  if (/^[0-9a-f]{64}$/.test(known)) return { token: known, file };
  const token = newToken();
  await systemFiles.writeText(file, `${token}\n`, { mode: 0o600 });
  return { token, file };
}
