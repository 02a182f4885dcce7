import { join } from 'node:path';
import type { OperationView } from '../../shared/contract/operations.ts';
import { pgTransactions } from '../support/pgbench.ts';
import { asRoot, createBed, type GoldenBed, measureTps, writeOut } from './golden-data.ts';
import { type Bench, type BenchContext, formatSize, median, timed } from './harness.ts';

const tpsSeconds = 8;

/** Restoring a Postgres: ours beside unpacking an archive of the same data, with and without zstd, in turns. */
export const bench: Bench = {
  async run(context) {
    for (const type of ['ext4', 'xfs'] as const) {
      for (const bytes of context.sizes) {
        const bed = await createBed(type, bytes);
        try {
          await restores(context, bed, `${formatSize(bytes)} on ${type}`);
        } finally {
          await bed.remove();
        }
      }
    }
  },
};

async function restores(context: BenchContext, bed: GoldenBed, name: string): Promise<void> {
  const { rig, stack } = bed;
  context.say(`${name}: ${formatSize(bed.bytes)} in the volume`);
  const undisturbed: number[] = [];
  for (let run = 0; run < context.runs; run++) undisturbed.push(await measureTps(bed, tpsSeconds));
  await stack.compose('stop');
  await rig.done(rig.golden.api.capture({ environmentId: stack.id, purpose: 'bench data' }, rig.call));
  const [image] = await rig.golden.api.list({ environmentId: stack.id }, rig.call);
  const tar = join(bed.archives, 'data.tar');
  const zst = join(bed.archives, 'data.tar.zst');
  await asRoot('tar', '-C', await bed.dataFolder(), '-cf', tar, '.');
  await asRoot('zstd', '-q', '-f', '-T0', tar, '-o', zst);
  await stack.up();

  const ours = { total: [] as number[], away: [] as number[], tps: [] as number[] };
  const untar: number[] = [];
  const unzstd: number[] = [];
  const unpack = async (command: string): Promise<number> => {
    const folder = await bed.dataFolder();
    await pgTransactions(stack, 200);
    await writeOut();
    return timed(async () => {
      await stack.compose('stop');
      await asRoot('find', folder, '-mindepth', '1', '-delete');
      await asRoot('sh', '-c', command, 'sh', folder);
      await stack.compose('start', '--wait').catch(() => stack.up());
    });
  };
  for (let run = 0; run < context.runs; run++) {
    await pgTransactions(stack, 200);
    await writeOut();
    let ended: OperationView | undefined;
    ours.total.push(
      await timed(async () => {
        ended = await rig.done(rig.golden.api.restore({ environmentId: stack.id, imageId: image?.id ?? '' }, rig.call));
      }),
    );
    ours.away.push(awayMs(ended));
    ours.tps.push(await measureTps(bed, tpsSeconds));
    untar.push(await unpack(`tar -xf '${tar}' -C "$1"`));
    unzstd.push(await unpack(`zstd -dc -T0 '${zst}' | tar -x -C "$1"`));
    // The space of undo points is not what is measured here.
    await rig.inStore(
      'sh',
      '-c',
      'for g in /store/env/*/gen-*; do [ "$(readlink "${g%/*}/current")" = "${g##*/}" ] || rm -rf "$g"; done; for d in /store/env/*/data/*; do ls -l "${d%/data/*}"/gen-*/ | grep -q "/${d##*/}$" || rm -rf "$d"; done',
    );
  }
  context.record({
    case: `${name}: click to healthy`,
    unit: 'ms',
    runs: ours.total,
    peer: { name: 'untar', runs: untar },
  });
  context.record({
    case: `${name}: click to healthy`,
    unit: 'ms',
    runs: ours.total,
    peer: { name: 'tar+zstd', runs: unzstd },
  });
  context.record({ case: `${name}: service away`, unit: 'ms', runs: ours.away, peer: { name: 'untar', runs: untar } });
  context.record({
    case: `${name}: service away`,
    unit: 'ms',
    runs: ours.away,
    peer: { name: 'tar+zstd', runs: unzstd },
  });
  context.record({
    case: `${name}: pgbench after the restore`,
    unit: 'tps',
    moreIsBetter: true,
    runs: ours.tps,
    peer: { name: 'undisturbed', runs: undisturbed },
  });
  context.say(`${name}: restart of the container alone: ${Math.round(median(await restarts(bed, context.runs)))} ms`);
}

/** From the order to stop until the health gate passed. */
function awayMs(operation: OperationView | undefined): number {
  const at = (name: string, end: 'startedAt' | 'endedAt'): number =>
    Date.parse(operation?.steps.find((step) => step.name === `run:${name}`)?.[end] ?? '');
  return at('gate', 'endedAt') - at('stop', 'startedAt');
}

async function restarts(bed: GoldenBed, runs: number): Promise<number[]> {
  const all: number[] = [];
  for (let run = 0; run < runs; run++) {
    all.push(
      await timed(async () => {
        await bed.rig.runtime.stop(bed.stack.target, undefined, quiet, bed.rig.call.signal);
        await bed.rig.runtime.start(bed.stack.target, undefined, quiet, bed.rig.call.signal);
        await bed.rig.runtime.waitHealthy(bed.stack.target, undefined, 60_000, quiet, bed.rig.call.signal);
      }),
    );
  }
  return all;
}

const quiet = { progress: () => undefined, detail: () => undefined, log: () => undefined };
