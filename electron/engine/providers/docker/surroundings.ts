import { stat } from 'node:fs/promises';
import { homedir, userInfo } from 'node:os';
import { type Files, systemFiles } from '../../platform/files.ts';

/** What of the machine decides where an engine may be. Injected, so that detection is the same in tests. */
export interface Surroundings {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly homeFolder: string;
  readonly platform: 'linux' | 'darwin' | 'win32' | 'other';
  readonly userName: string;
  /** Null where users have no numbers. */
  readonly uid: number | null;
  /** Groups this process really has. */
  readonly groupIds: readonly number[];
  readonly files: Files;
  /** Group that owns a file; undefined when it cannot be told. */
  readonly groupOf: (path: string) => Promise<number | undefined>;
}

export function systemSurroundings(): Surroundings {
  const platform = process.platform;
  return {
    environment: process.env,
    homeFolder: homedir(),
    platform: platform === 'linux' || platform === 'darwin' || platform === 'win32' ? platform : 'other',
    userName: userName(),
    uid: process.getuid?.() ?? null,
    groupIds: process.getgroups?.() ?? [],
    files: systemFiles,
    groupOf: async (path) => {
      try {
        return (await stat(path)).gid;
      } catch {
        return undefined;
      }
    },
  };
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    // No entry in the user database, as in some containers.
    return process.env['USER'] ?? '$USER';
  }
}
