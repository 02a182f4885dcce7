import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createGoldenRig, type GoldenRig, type RigStack, rigStack } from '../support/golden-rig.ts';
import { type LoopFileSystem, loopFileSystem } from '../support/loop.ts';
import { pgLoad } from '../support/pgbench.ts';
import { type TemporaryFolder, temporaryFolder } from '../support/temp.ts';

const run = promisify(execFile);

export async function asRoot(command: string, ...args: readonly string[]): Promise<string> {
  const root = process.getuid?.() === 0;
  const options = { maxBuffer: 16 * 1024 * 1024 };
  const { stdout } = await run(root ? command : 'sudo', root ? args : ['-n', command, ...args], options);
  return stdout;
}

/** One Postgres with data of about the wanted size, its store, and the peers' archives of the same data. */
export interface GoldenBed {
  readonly rig: GoldenRig;
  readonly stack: RigStack;
  /** The volume's folder on the host, as of now. */
  dataFolder(): Promise<string>;
  /** Bytes on disk. */
  readonly bytes: number;
  readonly archives: string;
  remove(): Promise<void>;
}

/** A scale of 1 is 15 MB of tables and indexes; the cluster itself and its log take about 150 MB. */
function scaleFor(bytes: number): number {
  return Math.max(1, Math.round((bytes - 150e6) / 15.2e6));
}

export async function createBed(type: 'ext4' | 'xfs', bytes: number): Promise<GoldenBed> {
  let disk: LoopFileSystem | undefined;
  let folder: TemporaryFolder | undefined;
  // A loop file for XFS; for ext4 the file system that the engine itself is on.
  if (type === 'xfs') disk = await loopFileSystem({ type, bytes: Math.max(2e9, bytes * 5) });
  else folder = await temporaryFolder('goldenhour-bench-archives-');
  const rig = await createGoldenRig({ storePath: disk?.path ?? null, gateTimeoutMs: 120_000 });
  const stack = await rigStack(rig, 'postgres');
  const archives = join(disk?.path ?? folder?.path ?? '', 'archives');
  const remove = async (): Promise<void> => {
    await stack.remove();
    await rig.close();
    await asRoot('rm', '-rf', archives);
    await disk?.remove();
    await folder?.remove();
  };
  try {
    return { rig, stack, archives, remove, ...(await fillBed(rig, stack, archives, bytes)) };
  } catch (error) {
    await remove();
    throw error;
  }
}

async function fillBed(rig: GoldenRig, stack: RigStack, archives: string, bytes: number) {
  await stack.up();
  const sql = (text: string): Promise<string> =>
    stack.exec('db', 'psql', '-U', 'postgres', '-d', 'bench', '-Atc', text);
  await sql("alter system set max_wal_size = '128MB'");
  await sql('select pg_reload_conf()');
  await stack.exec(
    'db',
    'pgbench',
    '-U',
    'postgres',
    '-q',
    '-i',
    '-I',
    'dtGvp',
    '-s',
    String(scaleFor(bytes)),
    'bench',
  );
  await sql('checkpoint');
  const dataFolder = async (): Promise<string> => {
    const volume = await rig.docker.getVolume(`${stack.projectName}_data`).inspect();
    const options: Record<string, string> = volume.Options ?? {};
    return (await asRoot('readlink', '-f', options['device'] ?? '')).trim();
  };
  const used = Number((await asRoot('du', '-sk', await dataFolder())).split('\t')[0]) * 1024;
  await asRoot('mkdir', '-p', archives);
  return { dataFolder, bytes: used };
}

/** Transactions per second that pgbench reports. */
export async function measureTps(bed: GoldenBed, seconds: number): Promise<number> {
  const tps = /tps = ([\d.]+)/.exec(await pgLoad(bed.stack, seconds))?.[1];
  if (tps === undefined) throw new Error('pgbench reported no tps');
  return Number(tps);
}

/** Reads everything back from the disk, so that no side starts with the other's files in memory. */
export async function writeOut(): Promise<void> {
  await asRoot('sync');
}
