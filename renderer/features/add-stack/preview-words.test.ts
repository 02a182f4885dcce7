import { describe, expect, it } from 'vitest';
import { preview } from '../../dev/sample-preview.ts';
import { previewWords, serviceNote, startWords } from './preview-words.ts';

const ready = preview('/home/sam/work/trading', false);
const problem = (code: string) => ({ severity: 'error' as const, code, message: 'm', remedy: 'r' });

describe('the verdict on a folder', () => {
  it('is ready when only warnings are left', () => {
    expect(previewWords(ready)).toMatchObject({ title: 'trading is ready to run', canAdd: true, canStart: true });
  });

  it('cannot be added with wrong files, and has a name all the same', () => {
    const broken = { ...ready, stackName: '', problems: [problem('compose.invalid'), problem('docker.port-taken')] };
    expect(previewWords(broken)).toMatchObject({
      title: 'trading cannot be added yet',
      canAdd: false,
      canStart: false,
    });
    expect(previewWords(broken).lead).toMatch(/^1 problem in its files/);
  });

  it('can be added while only this machine is in the way', () => {
    expect(previewWords({ ...ready, problems: [problem('docker.port-taken')] })).toMatchObject({
      canAdd: true,
      canStart: false,
    });
  });

  it('says that it takes over what runs', () =>
    expect(previewWords({ ...ready, adopts: true }).title).toBe('trading is already running here'));
});

it('says what starting does', () =>
  expect(startWords(ready)).toBe('Downloads 1 image, creates 1 volume, starts 5 services'));

it('notes the host’s side of ports, and named volumes only', () => {
  const [first] = ready.services;
  if (first === undefined) throw new Error('The sample has services.');
  expect(
    serviceNote({
      ...first,
      ports: ['127.0.0.1:8080:80', '9000:90/udp', '5000'],
      volumes: ['db-data:/var/lib/db', './init:/init', '/srv/x:/x'],
    }),
  ).toBe('ports 8080, 9000, keeps db-data');
  expect(serviceNote({ ...first, ports: [], volumes: [] })).toBe('');
});
