import { join } from 'node:path';
import { pgLoad, pgTransactions } from '../support/pgbench.ts';
import { asRoot, createBed, type GoldenBed, writeOut } from './golden-data.ts';
import { type Bench, type BenchContext, formatSize, timed } from './harness.ts';

/** Capturing a Postgres under load: ours beside stopping it and packing the same data, with and without zstd, in turns. */
export const bench: Bench = {
  async run(context) {
    for (const type of ['ext4', 'xfs'] as const) {
      for (const bytes of context.sizes) {
        const bed = await createBed(type, bytes);
        try {
          await captures(context, bed, `${formatSize(bytes)} on ${type}`);
        } finally {
          await bed.remove();
        }
      }
    }
  },
};

async function captures(context: BenchContext, bed: GoldenBed, name: string): Promise<void> {
  const { rig, stack } = bed;
  context.say(`${name}: ${formatSize(bed.bytes)} in the volume`);
  const total: number[] = [];
  const away: number[] = [];
  const tar: number[] = [];
  const zstd: number[] = [];
  const pack = async (command: string): Promise<number> => {
    const folder = await bed.dataFolder();
    await pgTransactions(stack, 200);
    await writeOut();
    const ms = await timed(async () => {
      await stack.compose('stop');
      await asRoot('sh', '-c', command, 'sh', folder, join(bed.archives, 'capture'));
      await stack.up();
    });
    await asRoot('rm', '-f', join(bed.archives, 'capture'));
    return ms;
  };
  for (let run = 0; run < context.runs; run++) {
    await pgTransactions(stack, 200);
    await writeOut();
    const load = pgLoad(stack, 600, 2).catch(() => '');
    total.push(
      await timed(() =>
        rig.done(
          rig.golden.api.capture({ environmentId: stack.id, purpose: 'bench capture', tag: `${run}` }, rig.call),
        ),
      ),
    );
    await stack.exec('db', 'pkill', 'pgbench').catch(() => '');
    await load;
    const [image] = await rig.golden.api.list({ environmentId: stack.id }, rig.call);
    away.push(image?.awayMs ?? Number.NaN);
    await rig.done(rig.golden.api.remove({ imageId: image?.id ?? '', name: image?.name ?? '' }, rig.call));
    tar.push(await pack('tar -C "$1" -cf "$2" .'));
    zstd.push(await pack('tar -C "$1" -c . | zstd -q -T0 -o "$2"'));
  }
  context.record({
    case: `${name}: services frozen, under load`,
    unit: 'ms',
    runs: away,
    peer: { name: 'stop and tar', runs: tar },
  });
  context.record({
    case: `${name}: services frozen, under load`,
    unit: 'ms',
    runs: away,
    peer: { name: 'stop and tar+zstd', runs: zstd },
  });
  context.record({
    case: `${name}: image hashed and complete`,
    unit: 'ms',
    runs: total,
    peer: { name: 'stop and tar', runs: tar },
  });
  context.record({
    case: `${name}: image hashed and complete`,
    unit: 'ms',
    runs: total,
    peer: { name: 'stop and tar+zstd', runs: zstd },
  });
}
