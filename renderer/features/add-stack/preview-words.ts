import type { StackPreview } from '../../../shared/contract/environments.ts';
import { count, listed } from '../../ui/format.ts';

export interface PreviewWords {
  readonly title: string;
  readonly lead: string;
  /** Its files can be used. */
  readonly canAdd: boolean;
  /** And nothing on this machine stands in the way of starting it. */
  readonly canStart: boolean;
}

const lastPart = (path: string): string => path.split(/[/\\]/).findLast((part) => part !== '') ?? path;

/** A name for it, also when its files cannot be read far enough to have one. */
export const previewName = (preview: StackPreview): string =>
  preview.stackName === '' ? lastPart(preview.folder) : preview.stackName;

/** The verdict on a folder, first. Trouble with the engine (a taken port, an image) only keeps it from starting. */
export function previewWords(preview: StackPreview): PreviewWords {
  const name = previewName(preview);
  const errors = preview.problems.filter((one) => one.severity === 'error');
  const inFiles = errors.filter((one) => !one.code.startsWith('docker.'));
  if (inFiles.length > 0) {
    return {
      title: `${name} cannot be added yet`,
      lead: `${count(inFiles.length, 'problem')} in its files. Nothing has been started or changed.`,
      canAdd: false,
      canStart: false,
    };
  }
  if (errors.length > 0) {
    return {
      title: `${name} can be added, but not started yet`,
      lead: `${count(errors.length, 'thing')} in the way. Nothing has been started or changed.`,
      canAdd: true,
      canStart: false,
    };
  }
  if (preview.adopts) {
    return {
      title: `${name} is already running here`,
      lead:
        preview.keeps.length === 0
          ? 'Its containers are taken over as they are, without a restart.'
          : 'Its containers are taken over as they are, without a restart; its data stays where it is.',
      canAdd: true,
      canStart: true,
    };
  }
  return {
    title: `${name} is ready to run`,
    lead: 'Nothing has been started or changed yet.',
    canAdd: true,
    canStart: true,
  };
}

/** How it was started, as it would be said to `docker compose`; null when by its folder alone. */
export function loadingWords({ loading, folder }: Pick<StackPreview, 'loading' | 'folder'>): string | null {
  const near = (path: string): string => (path.startsWith(`${folder}/`) ? path.slice(folder.length + 1) : path);
  const words = [
    ...(loading.projectName === undefined ? [] : [`-p ${loading.projectName}`]),
    ...(loading.files ?? []).map((file) => `-f ${near(file)}`),
    ...(loading.envFiles ?? []).map((file) => `--env-file ${near(file)}`),
    ...(loading.profiles ?? []).map((profile) => `--profile ${profile}`),
  ];
  return words.length === 0 ? null : words.join(' ');
}

/** What starting it for the first time does, in one line. */
export function startWords(preview: StackPreview): string {
  if (preview.adopts) {
    const of = (action: string): string[] => [
      ...new Set(
        preview.creates.flatMap((one) => (one.action === action && one.service !== null ? [one.service] : [])),
      ),
    ];
    const differs = (
      [
        ['recreates', of('recreate')],
        ['creates', of('create')],
        ['starts', of('start')],
        ['restarts', of('restart')],
      ] as const
    )
      .filter(([, names]) => names.length > 0)
      .map(([verb, names]) => `${verb} ${listed(names)}`)
      .join(', ');
    const text = differs === '' ? count(preview.creates.length, 'change') : differs;
    return text.charAt(0).toUpperCase() + text.slice(1);
  }
  const made = (resource: string, action: string): number =>
    preview.creates.filter((one) => one.resource === resource && one.action === action).length;
  const parts = [
    [made('image', 'pull'), 'downloads', 'image'],
    [made('image', 'build'), 'builds', 'image'],
    [made('volume', 'create'), 'creates', 'volume'],
    [preview.services.length, 'starts', 'service'],
  ] as const;
  const text = parts
    .filter(([n]) => n > 0)
    .map(([n, verb, noun]) => `${verb} ${count(n, noun)}`)
    .join(', ');
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** The host's side of published ports, and the named volumes: `port 8080, keeps db-data`. */
export function serviceNote(service: StackPreview['services'][number]): string {
  const ports = service.ports
    .map(
      (port) =>
        port
          .replace(/\/\w+$/, '')
          .split(':')
          .at(-2) ?? '',
    )
    .filter((port) => port !== '');
  const kept = service.volumes.map((volume) => volume.split(':')[0] ?? '').filter((name) => /^[^./~\\]/.test(name));
  const parts = [
    ports.length === 0 ? null : `${ports.length === 1 ? 'port' : 'ports'} ${ports.join(', ')}`,
    kept.length === 0 ? null : `keeps ${listed(kept, 2)}`,
  ];
  return parts.filter((part) => part !== null).join(', ');
}
