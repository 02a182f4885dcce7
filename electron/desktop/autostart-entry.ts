import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** How a Linux desktop starts the app at login: an entry of the Desktop Application Autostart Specification. */

export interface StartCommand {
  readonly program: string;
  readonly parameters: readonly string[];
}

export function autostartFile(environment: Readonly<Record<string, string | undefined>>, home: string): string {
  const config = environment['XDG_CONFIG_HOME'];
  // A relative path there is to be ignored.
  const folder = config?.startsWith('/') === true ? config : join(home, '.config');
  return join(folder, 'autostart', 'golden-hour.desktop');
}

export function autostartEntry({ program, parameters }: StartCommand): string {
  return [
    '[Desktop Entry]',
    'Type=Application',
    'Name=Golden Hour',
    'Comment=Watches your development stacks from the tray',
    `Exec=${[program, ...parameters].map(quoted).join(' ')}`,
    'Icon=golden-hour',
    'Terminal=false',
    'X-GNOME-Autostart-enabled=true',
    '',
  ].join('\n');
}

/** Quoted as Exec wants it, then escaped as every string of a desktop entry. A `%` would begin a field code. */
function quoted(word: string): string {
  const inner = word.replace(/["`$\\]/g, '\\$&').replaceAll('%', '%%');
  return `"${inner}"`.replaceAll('\\', '\\\\');
}

/** Writes or removes the entry; does nothing where it is right already. */
export async function setAutostart(file: string, command: StartCommand, wanted: boolean): Promise<void> {
  if (!wanted) return rm(file, { force: true });
  const text = autostartEntry(command);
  if ((await readFile(file, 'utf8').catch(() => null)) === text) return;
  await mkdir(dirname(file), { recursive: true });
  await writeFile(`${file}.new`, text);
  await rename(`${file}.new`, file);
}
