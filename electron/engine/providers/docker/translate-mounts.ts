import type { ComposeMount, ComposeProject, ComposeService } from '../../../../shared/domain/compose-model.ts';
import type { MountBody } from './translate-body.ts';
import { apiAtLeast, bytes, compact } from './translate-values.ts';

/** An anonymous volume of the container that is replaced: its data goes on. */
export interface InheritedVolume {
  readonly name: string;
  readonly target: string;
  readonly readOnly: boolean;
}

export interface MountInput {
  readonly project: ComposeProject;
  readonly service: ComposeService;
  readonly api: string;
  /** Mount points that the image declares (`VOLUME`). */
  readonly imageVolumes: readonly string[];
  readonly inherited: readonly InheritedVolume[];
  /** Files bound from this machine, such as secrets. */
  readonly boundFiles: readonly { readonly source: string; readonly target: string }[];
  /** Folders that need a volume of their own because copied-in files must outlive a tmpfs or read-only root. */
  readonly fileFolders: readonly string[];
}

export interface Mounts {
  readonly binds: readonly string[];
  readonly mounts: readonly MountBody[];
  readonly tmpfs: Readonly<Record<string, string>>;
  /** Folders that must exist on the engine's host before the container is created, for engines that cannot do it. */
  readonly hostFolders: readonly string[];
}

export function translateMounts(input: MountInput): Mounts {
  const { service } = input;
  const binds: string[] = [];
  const hostFolders: string[] = [];
  const mounts = new Map<string, MountBody>();
  const taken = new Set<string>();
  for (const mount of service.volumes ?? []) {
    taken.add(mount.target);
    if (mount.type === 'bind') {
      if (canBeBindString(mount)) {
        binds.push(bindString(mount));
        continue;
      }
      if (mount.bind?.create_host_path === true && !apiAtLeast(input.api, '1.42') && mount.source !== undefined) {
        hostFolders.push(mount.source);
      }
    }
    const named = mount.type === 'volume' ? declaredName(input.project, mount) : undefined;
    if (named !== undefined) {
      binds.push(`${named}:${mount.target}:${mount.read_only === true ? 'ro' : 'rw'}`);
      continue;
    }
    const kept = mount.type === 'volume' && mount.source === undefined ? inheritedAt(input, mount.target) : undefined;
    mounts.set(mount.target, kept ?? mountBody(input, mount));
  }
  const tmpfs: Record<string, string> = {};
  for (const text of service.tmpfs ?? []) {
    const colon = text.indexOf(':');
    const target = colon === -1 ? text : text.slice(0, colon);
    taken.add(target);
    tmpfs[target] = colon === -1 ? '' : text.slice(colon + 1);
  }
  for (const target of input.imageVolumes) {
    const kept = taken.has(target) ? undefined : inheritedAt(input, target);
    if (kept !== undefined) mounts.set(target, kept);
  }
  for (const file of input.boundFiles) {
    if (taken.has(file.target)) continue;
    mounts.set(file.target, { Type: 'bind', Source: file.source, Target: file.target, ReadOnly: true });
  }
  for (const folder of input.fileFolders) mounts.set(folder, { Type: 'volume', Target: folder });
  return { binds, mounts: [...mounts.values()], tmpfs, hostFolders };
}

function inheritedAt(input: MountInput, target: string): MountBody | undefined {
  const volume = input.inherited.find((each) => each.target === target);
  if (volume === undefined) return undefined;
  return { Type: 'volume', Source: volume.name, Target: target, ReadOnly: volume.readOnly };
}

/**
 * Only the text form creates a missing host folder on every engine and carries SELinux labels; a colon would split it.
 * A bind without any options is one too, as with Compose.
 */
function canBeBindString(mount: ComposeMount): boolean {
  const { bind } = mount;
  const plain =
    bind === undefined ||
    ((bind.create_host_path === true || bind.selinux !== undefined) && bind.recursive === undefined);
  return plain && !(mount.source ?? '').includes(':') && !mount.target.includes(':');
}

/** A declared volume without options of its own is given as text too: so the container is the one Compose makes. */
function declaredName(project: ComposeProject, { source, target, volume }: ComposeMount): string | undefined {
  const options = volume !== undefined && (volume.labels ?? volume.subpath ?? volume.nocopy) !== undefined;
  if (source === undefined || options || target.includes(':')) return undefined;
  return Object.hasOwn(project.volumes ?? {}, source) ? volumeName(project, source) : undefined;
}

function bindString(mount: ComposeMount): string {
  const options = [
    mount.read_only === true ? 'ro' : 'rw',
    ...(mount.bind?.selinux === undefined ? [] : [mount.bind.selinux]),
    ...(mount.bind?.propagation === undefined ? [] : [mount.bind.propagation]),
  ];
  return `${mount.source}:${mount.target}:${options.join(',')}`;
}

function mountBody(input: MountInput, mount: ComposeMount): MountBody {
  const common = compact({
    Type: mount.type,
    Target: mount.target,
    ReadOnly: mount.read_only === true ? true : undefined,
    Consistency: mount.consistency,
  });
  switch (mount.type) {
    case 'bind': {
      const create = mount.bind?.create_host_path === true && apiAtLeast(input.api, '1.42') ? true : undefined;
      const recursive = mount.bind?.recursive;
      const options = compact({
        Propagation: mount.bind?.propagation,
        CreateMountpoint: create,
        NonRecursive: recursive === 'disabled' ? true : undefined,
        ReadOnlyNonRecursive: recursive === 'writable' ? true : undefined,
        ReadOnlyForceRecursive: recursive === 'readonly' ? true : undefined,
      });
      return compact({ ...common, Source: mount.source, BindOptions: filled(options) });
    }
    case 'volume':
      return compact({
        ...common,
        Source: mount.source === undefined ? undefined : volumeName(input.project, mount.source),
        VolumeOptions: filled(
          compact({ NoCopy: mount.volume?.nocopy, Subpath: mount.volume?.subpath, Labels: mount.volume?.labels }),
        ),
      });
    case 'tmpfs':
      return compact({
        ...common,
        TmpfsOptions: filled(compact({ SizeBytes: bytes(mount.tmpfs?.size), Mode: mount.tmpfs?.mode })),
      });
    case 'image':
      return compact({
        ...common,
        Source: mount.source,
        ImageOptions: filled(compact({ Subpath: mount.image?.subpath })),
      });
    default:
      return compact({ ...common, Source: mount.source });
  }
}

function filled<T extends object>(value: T): T | undefined {
  return Object.keys(value).length === 0 ? undefined : value;
}

/** The engine's name of a volume key. A key that the file does not declare is a volume's own name. */
export function volumeName(project: ComposeProject, key: string): string {
  const volume = project.volumes?.[key];
  return volume?.name ?? (volume === undefined ? key : `${project.name}_${key}`);
}
