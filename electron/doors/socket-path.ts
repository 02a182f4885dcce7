import { createHash } from 'node:crypto';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';

export interface SocketPlace {
  /** Where the engine listens: a unix socket, on Windows a named pipe. */
  readonly path: string;
  /** The folder of ours it is in, to be 0700; null for a named pipe. */
  readonly folder: string | null;
  /** A 0600 file with the token that callers show. */
  readonly tokenFile: string;
}

/** Kernels cut or refuse longer socket paths: 108 bytes on Linux, 104 on macOS. */
const longest = 100;

/** Where the engine of a data folder is reached from other processes of the same user. */
export function socketPlace(
  dataFolder: string,
  environment: Readonly<Record<string, string | undefined>>,
  platform: NodeJS.Platform = process.platform,
): SocketPlace {
  const tokenFile = join(dataFolder, 'engine.token');
  const key = createHash('sha256').update(dataFolder).digest('hex').slice(0, 16);
  if (platform === 'win32') return { path: `\\\\.\\pipe\\golden-hour-${key}`, folder: null, tokenFile };
  const usual = join(dataFolder, 'engine.sock');
  if (Buffer.byteLength(usual) <= longest) return { path: usual, folder: dataFolder, tokenFile };
  const runtime = environment['XDG_RUNTIME_DIR'];
  const base =
    runtime !== undefined && runtime !== '' && Buffer.byteLength(runtime) <= 50
      ? join(runtime, 'golden-hour')
      : join(tmpdir(), `golden-hour-${userInfo().uid}`);
  return { path: join(base, `${key}.sock`), folder: base, tokenFile };
}
