import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createGoldenRig, type GoldenRig, type RigStack, rigStack } from '../support/golden-rig.ts';
import { type LoopFileSystem, loopFileSystem } from '../support/loop.ts';

const compose = `
services:
  files:
    image: goldenhour-fixture/tools:1
    user: root
    init: true
    command: ['sleep', 'infinity']
    stop_grace_period: 1s
    volumes:
      - left:/left
      - right:/right
volumes:
  left: {}
  right: {}
`;

/** Every kind of entry and every name that a careless shell script would choke on. */
const makeFiles = String.raw`
set -e
cd /left
touch -- 'with space' '$(touch x)' '${'`'}touch y${'`'}' '; touch z' '-rf' '--help' '*' '?' 'ünïcödé 名前' 'back\slash' "quote'\"" '.hidden' '&& touch w'
touch -- "$(printf 'new\nline')" "$(printf 'not-utf8-\377')" "$(printf 'tab\there')"
mkdir -- '-dir' 'dir with $(touch v)' "$(printf 'dir\nline')" empty
printf content >"$(printf 'dir\nline/file')"
echo one >plain
ln plain hard
ln -s plain link
ln -s /does/not/exist dangling
ln -s ../../../../etc outside
dd if=/dev/zero of=sparse bs=1 count=1 seek=20M 2>/dev/null
mkfifo pipe
perl -MSocket -e 'socket(S, PF_UNIX, SOCK_STREAM, 0); bind(S, sockaddr_un("/left/socket")) or die'
echo special >setuid; chmod 4755 setuid
echo none >unreadable; chmod 000 unreadable
mkdir sticky; chmod 1777 sticky
chown 1234:4321 plain; chown -h 77:78 link; chown 5:6 empty
touch -d '2001-02-03 04:05:06.123456789' plain; touch -d '1999-12-31 23:59:59' empty
chown 999:999 /left; chmod 2750 /left; touch -d '2010-10-10' /left
`;

/** One line that says everything about a tree: contents, names, kinds, modes, owners, times, hard links. */
const fingerprint = String.raw`
cd "$1"
tar --sort=name --format=posix --numeric-owner --pax-option=delete=atime,delete=ctime -c . 2>/dev/null | sha256sum
find . -printf '%y %m %U %G %n %p\0' | sort -z | sha256sum
`;

describe.each([
  ['copies', null],
  ['reflinks', 'xfs'],
] as const)('a golden image made of %s', (_title, type) => {
  let disk: LoopFileSystem | undefined;
  let rig: GoldenRig;
  let stack: RigStack;
  const inContainer = (script: string, ...args: string[]): Promise<string> =>
    stack.exec('files', 'bash', '-c', script, 'bash', ...args);

  beforeAll(async () => {
    if (type !== null) disk = await loopFileSystem({ type, bytes: 1_000_000_000 });
    rig = await createGoldenRig({ storePath: disk?.path ?? null });
    stack = await rigStack(rig, 'oneshot', { files: { 'compose.yaml': compose } });
    await stack.up();
  });

  afterAll(async () => {
    await stack?.remove();
    await rig?.close();
    await disk?.remove();
  });

  test('holds every kind of file under every name, and nothing is executed', async () => {
    await inContainer(makeFiles);
    const before = await inContainer(fingerprint, '/left');
    await rig.done(rig.golden.api.capture({ environmentId: stack.id, purpose: 'evil names' }, rig.call));
    const [image] = await rig.golden.api.list({}, rig.call);
    expect(image?.volumes.find((volume) => volume.key === 'left')?.files).toBe(22);
    await inContainer('cd /left && find . -mindepth 1 -delete && echo other >only');
    await rig.done(rig.golden.api.restore({ environmentId: stack.id, imageId: image?.id ?? '' }, rig.call));
    expect(await inContainer(fingerprint, '/left')).toBe(before);
    expect(
      (await inContainer('cd /left && stat -c %h plain && stat -c %F socket pipe && du -k sparse')).split('\n'),
    ).toEqual(['2', 'socket', 'fifo', expect.stringMatching(/^\d{1,3}\tsparse$/), '']);
    await rig.done(rig.golden.api.verify({ imageId: image?.id ?? '' }, rig.call));
    const appeared = await rig.inStore('find', '/store', '-name', '[v-z]', '-print');
    expect(appeared).toBe('');
  });

  test('shows one instant of two volumes while files and folders are written, renamed, swapped and removed', async () => {
    await inContainer(
      'rm -rf /left/* /right/*; mkdir -p /left/a /left/b /left/swap1 /left/swap2; for i in $(seq 1500); do echo $i >/left/a/$i; done',
    );
    // Same names, sizes and times in both: only where they are tells them apart.
    await inContainer(
      'for d in 1 2; do for i in $(seq 50); do echo "$d" >/left/swap$d/$i; touch -d 2020-01-01 /left/swap$d/$i; done; done',
    );
    await stack.compose('exec', '-d', 'files', 'bash', '-c', writer);
    await inContainer('until [ -s /right/n ] && [ "$(cat /right/n)" -gt 20 ]; do sleep 0.1; done');
    await rig.done(rig.golden.api.capture({ environmentId: stack.id, purpose: 'while writing' }, rig.call));
    await inContainer('touch /tmp/stop; until [ -e /tmp/stopped ]; do sleep 0.1; done');
    const [image] = await rig.golden.api.list({}, rig.call);
    await rig.done(rig.golden.api.restore({ environmentId: stack.id, imageId: image?.id ?? '' }, rig.call));
    const [left = '', right = '', moved = '', ...swapped] = (
      await inContainer(
        'cat /left/n /right/n; ls /left | grep -c "^moved"; for d in /left/swap?; do cat "$d"/* | sort -u | tr -d "\n"; echo; done',
      )
    )
      .trim()
      .split('\n');
    // The writer counts in the left volume first, then in the right one.
    expect([Number(right), Number(right) + 1]).toContain(Number(left));
    // Two folders at every instant, under two of three names: a swap takes three steps.
    expect(swapped.sort()).toEqual(['1', '2']);
    expect(moved).toBe('1');
  });
});

const writer = `
n=0
mkdir -p /left/moved
while [ ! -e /tmp/stop ]; do
  n=$((n + 1))
  echo $n >/left/n.new; sync /left/n.new; mv /left/n.new /left/n
  echo $n >/right/n.new; sync /right/n.new; mv /right/n.new /right/n
  mv /left/swap1 /left/swap3; mv /left/swap2 /left/swap1; mv /left/swap3 /left/swap2
  mv -T /left/moved* /left/moved-$n
  rm -f /left/a/$n; echo $n >/left/b/$((n % 100)); ln -f /left/b/$((n % 100)) /left/b/link-$((n % 7))
done
touch /tmp/stopped
`;
