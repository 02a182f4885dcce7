import { createHash, randomBytes } from 'node:crypto';
import { posix } from 'node:path';
import { pack } from 'tar-stream';
import type {
  ComposeFileMount,
  ComposeFileObject,
  ComposeProject,
  ComposeService,
} from '../../../../shared/domain/compose-model.ts';
import { AppError } from '../../../../shared/errors.ts';
import { apiSocketConfig, withApiSocket } from '../../stacks/compose/api-socket.ts';
import type { ContainerInfo } from '../provider.ts';

const secretFolder = '/run/secrets';

/** Label with a salted fingerprint of what was copied into a container, so that a changed value is noticed. */
export const filesLabel = 'io.goldenhour.files';

/** Anonymous volumes that hold copied secrets: they go with their container, whatever happens to other data. */
export function fileVolumes(info: Pick<ContainerInfo, 'labels' | 'mounts'>): readonly string[] {
  if (info.labels[filesLabel] === undefined) return [];
  return info.mounts.flatMap((mount) =>
    mount.type === 'volume' && mount.target === secretFolder && /^[0-9a-f]{64}$/.test(mount.name ?? '')
      ? [mount.name ?? '']
      : [],
  );
}

/** A secret or config that is copied into the container before it starts. */
export interface CopiedFile {
  readonly kind: 'secret' | 'config';
  /** The key in the Compose file. */
  readonly name: string;
  /** Absolute path in the container. */
  readonly target: string;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly from:
    | { readonly file: string }
    | { readonly environment: string }
    | { readonly content: string }
    /** Of registries, as Docker's configuration file. */
    | { readonly credentials: true };
}

export interface ServiceFiles {
  readonly bound: readonly { readonly source: string; readonly target: string }[];
  readonly copied: readonly CopiedFile[];
  /** Folders of copied files that need a volume of their own: a tmpfs would hide them, a read-only root refuse them. */
  readonly folders: readonly string[];
}

/**
 * Where the secrets and configs of a service go. A file without owner or mode is bound when the engine sees this
 * machine's files, so that edits show at once; everything else is copied in.
 */
export function serviceFiles(
  project: ComposeProject,
  serviceName: string,
  service: ComposeService,
  local: boolean,
): ServiceFiles {
  const bound: { source: string; target: string }[] = [];
  const copied: CopiedFile[] = [];
  const take = (kind: CopiedFile['kind'], mount: ComposeFileMount, object: ComposeFileObject | undefined): void => {
    if (object === undefined || object.external === true) {
      throw new AppError({
        code: 'docker.unsupported',
        message: `Service ${serviceName}: ${kind} ${mount.source} is external, which only a swarm can provide.`,
        remedy: `Give the ${kind} a file, an environment variable or content.`,
      });
    }
    const target = targetOf(kind, mount);
    const plain = mount.uid === undefined && mount.gid === undefined && mount.mode === undefined;
    if (object.file !== undefined && plain && local) {
      bound.push({ source: object.file, target });
      return;
    }
    const from =
      object.content !== undefined
        ? { content: object.content }
        : object.environment !== undefined
          ? { environment: object.environment }
          : { file: object.file ?? '' };
    copied.push({
      kind,
      name: mount.source,
      target,
      mode: mount.mode === undefined ? 0o444 : Number.parseInt(String(mount.mode), 8),
      uid: Number(mount.uid ?? 0),
      gid: Number(mount.gid ?? 0),
      from,
    });
  };
  for (const mount of service.secrets ?? []) take('secret', mount, project.secrets?.[mount.source]);
  const socket = withApiSocket(service).configs?.find((mount) => mount.source === apiSocketConfig);
  if (socket?.target !== undefined) {
    const from = { credentials: true } as const;
    copied.push({ kind: 'config', name: socket.source, target: socket.target, mode: 0o444, uid: 0, gid: 0, from });
  }
  for (const mount of service.configs ?? []) take('config', mount, project.configs?.[mount.source]);
  return { bound, copied, folders: foldersThatNeedVolumes(serviceName, service, copied) };
}

function targetOf(kind: CopiedFile['kind'], mount: ComposeFileMount): string {
  const base = kind === 'secret' ? secretFolder : '/';
  const target = mount.target ?? mount.source;
  return target.startsWith('/') ? posix.normalize(target) : posix.join(base, target);
}

function foldersThatNeedVolumes(
  serviceName: string,
  service: ComposeService,
  copied: readonly CopiedFile[],
): readonly string[] {
  const temporary = [
    ...(service.tmpfs ?? []).map((text) => text.split(':')[0] ?? ''),
    ...(service.volumes ?? []).filter((mount) => mount.type === 'tmpfs').map((mount) => mount.target),
  ];
  const folders = new Set<string>();
  for (const file of copied) {
    const hidden = temporary.some((folder) => file.target.startsWith(`${posix.normalize(folder)}/`));
    if (!hidden && service.read_only !== true) continue;
    const folder = posix.dirname(file.target);
    if (folder !== secretFolder && !folder.startsWith(`${secretFolder}/`)) {
      throw new AppError({
        code: 'docker.unsupported',
        message: `Service ${serviceName}: the ${file.kind} ${file.name} cannot be placed at ${file.target}, which is read-only or a tmpfs.`,
        remedy: `Give the ${file.kind} as a file, or a target under ${secretFolder}.`,
      });
    }
    if (temporary.includes(secretFolder)) {
      throw new AppError({
        code: 'docker.unsupported',
        message: `Service ${serviceName}: a tmpfs at ${secretFolder} would hide the ${file.kind} ${file.name}.`,
        remedy: 'Remove that tmpfs or give the secret as a file.',
      });
    }
    folders.add(secretFolder);
  }
  return [...folders];
}

export interface FileContents {
  readBytes(path: string): Promise<Buffer>;
  /** The value a stack sees for a variable: its `.env` files, then our own environment. */
  variable(name: string): string | undefined;
  /** Absent where contents are only compared: credentials may change without their containers being made anew. */
  credentials?(): Promise<string>;
}

/** Reads what is to be copied in. Throws `input.not-found` for a missing file, `compose.variable-missing` for a variable. */
export async function readCopiedFiles(
  serviceName: string,
  files: readonly CopiedFile[],
  contents: FileContents,
): Promise<ReadonlyMap<CopiedFile, Buffer>> {
  const result = new Map<CopiedFile, Buffer>();
  for (const file of files) result.set(file, await readOne(serviceName, file, contents));
  return result;
}

async function readOne(serviceName: string, file: CopiedFile, contents: FileContents): Promise<Buffer> {
  if ('content' in file.from) return Buffer.from(file.from.content);
  if ('credentials' in file.from) return Buffer.from((await contents.credentials?.()) ?? '');
  if ('environment' in file.from) {
    const variable = file.from.environment;
    const value = contents.variable(variable);
    if (value !== undefined) return Buffer.from(value);
    throw new AppError({
      code: 'compose.variable-missing',
      message: `Service ${serviceName}: the ${file.kind} ${file.name} takes its value from ${variable}, which is not set.`,
      remedy: `Set ${variable} in .env or in the environment.`,
    });
  }
  const path = file.from.file;
  try {
    return await contents.readBytes(path);
  } catch (cause) {
    throw new AppError(
      {
        code: 'compose.file-missing',
        message: `Service ${serviceName}: the file ${path} of the ${file.kind} ${file.name} cannot be read.`,
        remedy: 'Create the file or correct its path.',
        details: { path },
      },
      { cause },
    );
  }
}

/** Salted, so that equal secrets do not show as equal. `previous` reuses the salt of an existing label to compare. */
export function fingerprint(contents: ReadonlyMap<CopiedFile, Buffer>, previous?: string): string | undefined {
  const compared = [...contents].filter(([file]) => !('credentials' in file.from));
  if (compared.length === 0) return undefined;
  const salt = previous?.split(':')[0] ?? randomBytes(8).toString('hex');
  const hash = createHash('sha256').update(salt);
  for (const [file, content] of compared) {
    hash.update(`\0${file.target}\0${file.mode}\0${file.uid}\0${file.gid}\0${content.length}\0`).update(content);
  }
  return `${salt}:${hash.digest('hex').slice(0, 32)}`;
}

export interface FileArchive {
  /** Where in the container it is unpacked. */
  readonly path: string;
  readonly tar: Buffer;
}

/**
 * Tars of the files with the folders that may be missing. Those in a folder with a volume of its own are unpacked right
 * there: at the root the engine would refuse them when that is read-only.
 */
export async function packFiles(
  contents: ReadonlyMap<CopiedFile, Buffer>,
  folders: readonly string[],
): Promise<readonly FileArchive[]> {
  const roots = new Map<string, [CopiedFile, Buffer][]>();
  for (const [file, content] of contents) {
    const root = folders.find((folder) => file.target.startsWith(`${folder}/`)) ?? '/';
    roots.set(root, [...(roots.get(root) ?? []), [file, content]]);
  }
  return Promise.all([...roots].map(async ([path, files]) => ({ path, tar: await packOne(path, files) })));
}

async function packOne(root: string, files: readonly (readonly [CopiedFile, Buffer])[]): Promise<Buffer> {
  const tar = pack();
  const chunks: Buffer[] = [];
  tar.on('data', (chunk) => chunks.push(chunk as Buffer));
  const finished = new Promise<void>((resolve, reject) => {
    tar.on('end', resolve);
    tar.on('error', reject);
  });
  for (const [file, content] of files) {
    tar.entry({ name: posix.relative(root, file.target), mode: file.mode, uid: file.uid, gid: file.gid }, content);
  }
  tar.finalize();
  await finished;
  return Buffer.concat(chunks);
}
