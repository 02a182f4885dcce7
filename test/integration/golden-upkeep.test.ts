import { afterAll, beforeAll, expect, test } from 'vitest';
import { sweepStore } from '../../electron/engine/golden/scripts/store.ts';
import { expectedVerdicts, hashVerdicts } from '../support/golden-hashes.ts';
import { createGoldenRig, type GoldenRig, type RigStack, rigStack } from '../support/golden-rig.ts';
import { waitFor } from '../support/wait.ts';

let rig: GoldenRig;
let stack: RigStack;

beforeAll(async () => {
  rig = await createGoldenRig();
  stack = await rigStack(rig, 'oneshot', {
    files: {
      'compose.yaml': `
services:
  app:
    image: goldenhour-fixture/tools:1
    command: [sleep, infinity]
    init: true
    volumes: ['data:/data']
volumes:
  data: {}
`,
    },
  });
  await stack.up();
});
afterAll(async () => {
  await stack?.remove();
  await rig?.close();
});

test('undo points whose time is over go by themselves, in turn with other work', async () => {
  await rig.done(rig.golden.api.capture({ environmentId: stack.id, purpose: 'to go back to' }, rig.call));
  const [image] = await rig.golden.api.list({}, rig.call);
  for (let round = 0; round < 2; round++) {
    await rig.done(rig.golden.api.restore({ environmentId: stack.id, imageId: image?.id ?? '' }, rig.call));
  }
  const generations = async () => rig.golden.api.generations({ environmentId: stack.id }, rig.call);
  expect(await generations()).toHaveLength(3);
  await rig.golden.upkeep.round(rig.call.signal);
  expect(rig.operations.busy()).toEqual([]);
  const oldest = (await generations()).at(-1)?.id ?? '';
  const left = `/store/env/${stack.projectName}/gen-${oldest}/left.json`;
  await rig.inStore('sh', '-c', `sed -i 's/"keptUntil":"[^"]*"/"keptUntil":"2001-01-01T00:00:00.000Z"/' ${left}`);
  await generations();
  await rig.golden.upkeep.round(rig.call.signal);
  await waitFor(() => rig.operations.busy().length === 0, { what: 'the end of tidying' });
  const ids = (await generations()).map((each) => each.id);
  expect(ids).toHaveLength(2);
  expect(ids).not.toContain(oldest);
  const data = (await rig.inStore('ls', `/store/env/${stack.projectName}/data`)).trim().split('\n');
  expect(data).toHaveLength(2);
});

test('sweeps what ended operations left behind, and nothing of unfinished or young ones', async () => {
  const paths = ['images/.partial-old', 'images/.partial-unfinished', 'work/old-adopted', 'work/unfinished', 'trash/x'];
  await rig.inStore(
    'sh',
    '-c',
    `cd /store && for p in ${paths.join(' ')}; do mkdir -p $p/sub && touch $p/sub/f; done; sleep 1.1`,
  );
  const run = (...args: string[]): Promise<string> => rig.inStore('sh', '-c', sweepStore, 'sh', ...args);
  expect(await run('1440')).toBe('');
  expect((await run('0', 'unfinished')).trim().split('\n').sort()).toEqual(
    ['swept images/.partial-old', 'swept trash/x', 'swept work/old-adopted'].sort(),
  );
  expect(await rig.inStore('ls', '-A', '/store/images', '/store/work', '/store/trash')).toContain(
    '.partial-unfinished',
  );
  expect(await rig.golden.api.list({}, rig.call)).toHaveLength(1);
});

test('tells a copy from its original by its contents alone', async () => {
  expect(await hashVerdicts(rig)).toEqual(expectedVerdicts);
});
