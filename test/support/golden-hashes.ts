import { compareHashes, compareWhole, hashAhead } from '../../electron/engine/golden/scripts/hashes.ts';
import type { GoldenRig } from './golden-rig.ts';

const names = `one "$(printf 'two\\nlines')" 'back\\slash' -rf '$(touch x)' sub/deep`;
const make = `
cd /store && rm -rf work/t && mkdir -p work/t/source/sub work/t/copy
cd work/t/source && for name in ${names}; do printf 'content of %s' "$name" >"./$name"; done && seq 1 450 | while read -r n; do echo "$n" >"n$n"; done
cd .. && cp -a source/. copy/ && : >changed-0
`;

export interface HashVerdicts {
  readonly equal: string;
  readonly later: string;
  readonly earlier: string;
  readonly goneAndNew: string;
  readonly whole: string;
}

/** What the scripts that compare an original with its copy say of copies that are, and are not, the same. */
export async function hashVerdicts(rig: GoldenRig): Promise<HashVerdicts> {
  const sh = (script: string, ...args: string[]): Promise<string> => rig.inStore('sh', '-c', script, 'sh', ...args);
  const pair = ['/store/work/t/source', '/store/work/t/copy'];
  const ahead = (): Promise<string> => sh(hashAhead, 't', '0', ...pair);
  const verdict = async (): Promise<string> => (await sh(compareHashes, 't', '0', ...pair)).trim().replace('\n', ', ');
  const damage = (file: string): Promise<string> =>
    sh(
      `cd /store/work/t/copy && touch -r "$1" /tmp/t && printf 'CONTENT' | dd of="$1" conv=notrunc 2>/dev/null && touch -r /tmp/t "$1"`,
      file,
    );
  const mark = (file: string): Promise<string> => sh(`printf '%s\\0' "$1" >>/store/work/t/changed-0`, file);

  await sh(make);
  await ahead();
  await sh(': >/store/work/t/changed-0');
  const equal = await verdict();
  await mark('./two\nlines');
  await damage('./two\nlines');
  const later = await verdict();

  await sh(make);
  await damage('./back\\slash');
  await ahead();
  await sh(': >/store/work/t/changed-0');
  const earlier = await verdict();

  // A file that was not there when all was hashed, and one that is no longer.
  await sh(make);
  await sh('cd /store/work/t && rm source/n7 && echo new >source/new && touch -d @1000000000 source/new');
  await ahead();
  await sh('cd /store/work/t && rm copy/n7 && cp -a source/new copy/new && printf "./new\\0" >changed-0');
  const goneAndNew = await verdict();

  await damage('./sub/deep');
  await sh('cd /store/work/t && touch -r source copy');
  const whole = (await sh(compareWhole, 't-whole', ...pair)).trim();
  await sh('rm -rf /store/work/t');
  return { equal, later, earlier, goneAndNew, whole };
}

export const expectedVerdicts: HashVerdicts = {
  equal: 'hashed 0',
  later: 'differs 0 hashes, hashed 1',
  earlier: 'differs 0 hashes, hashed 1',
  goneAndNew: 'hashed 1',
  whole: 'differs 0 hashes',
};
