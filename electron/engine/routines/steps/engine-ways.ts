import { join } from 'node:path';
import type { Files } from '../../platform/files.ts';

/** A way to start Docker on this machine, found by looking. */
export interface EngineWay {
  readonly id: string;
  readonly label: string;
  /** Run as it stands, without a shell. */
  readonly command: readonly string[];
}

export interface WayDeps {
  readonly files: Pick<Files, 'info'>;
  readonly platform: NodeJS.Platform;
  readonly home: string;
  /** Folders that programs are looked for in. */
  readonly path: readonly string[];
}

interface Candidate extends EngineWay {
  /** It can be used when one of these is there. */
  readonly where: readonly string[];
  /** And all of these. */
  readonly also?: readonly string[];
}

const unitFolders = ['/etc/systemd', '/usr/lib/systemd', '/lib/systemd'];

function candidates({ platform, home, path }: WayDeps): readonly Candidate[] {
  const program = (name: string): string[] => path.map((folder) => join(folder, name));
  const userUnit = (unit: string): string[] => [
    join(home, '.config/systemd/user', unit),
    ...unitFolders.map((folder) => join(folder, 'user', unit)),
  ];
  const colima: Candidate = {
    id: 'colima',
    label: 'Start Colima',
    command: ['colima', 'start'],
    where: program('colima'),
    also: [join(home, '.colima')],
  };
  const app = (id: string, name: string): Candidate => ({
    id,
    label: `Start ${name}`,
    command: ['open', '-a', name],
    where: [`/Applications/${name}.app`, join(home, 'Applications', `${name}.app`)],
  });
  if (platform === 'darwin') return [app('docker-desktop', 'Docker'), app('orbstack', 'OrbStack'), colima];
  if (platform === 'win32') {
    const desktop = 'C:\\Program Files\\Docker\\Docker\\Docker Desktop.exe';
    return [{ id: 'docker-desktop', label: 'Start Docker Desktop', command: [desktop], where: [desktop] }];
  }
  const systemd = ['/run/systemd/system'];
  const user = (id: string, label: string, unit: string): Candidate => ({
    id,
    label,
    command: ['systemctl', '--user', 'start', unit],
    where: userUnit(`${unit}.service`),
    also: systemd,
  });
  return [
    user('docker-desktop', 'Start Docker Desktop', 'docker-desktop'),
    user('docker-rootless', 'Start Docker (of this user)', 'docker'),
    {
      id: 'docker',
      label: 'Start Docker',
      command: ['systemctl', 'start', 'docker'],
      where: unitFolders.map((folder) => `${folder}/system/docker.service`),
      also: systemd,
    },
    colima,
  ];
}

/** What there is to start Docker with, most likely first. Runs nothing. */
export async function findEngineWays(deps: WayDeps): Promise<readonly EngineWay[]> {
  const there = async (path: string): Promise<boolean> =>
    (await deps.files.info(path).catch(() => undefined)) !== undefined;
  const found = await Promise.all(
    candidates(deps).map(async ({ where, also = [], ...way }) => {
      const [one, all] = await Promise.all([Promise.all(where.map(there)), Promise.all(also.map(there))]);
      return one.includes(true) && !all.includes(false) ? [way] : [];
    }),
  );
  return found.flat();
}
