import { describe, expect, it } from 'vitest';
import { memoryFiles } from '../../../test/support/memory-files.ts';
import { editCheck } from './check-editor.ts';

const text = `version: 1
# What matters
health:
  services:
    db:
      interval: 10s # often
      failures: 5
`;
const files = memoryFiles({ '/p/golden.yml': text });
const place = { folder: '/p', goldenFile: '/p/golden.yml' };

describe('editing the check of a service', () => {
  it('changes only what changes', async () => {
    const { after, diff } = await editCheck(files, place, 'db', { interval: '10s', failures: 3, recovery: 'restart' });
    expect(after).toBe(text.replace('failures: 5\n', 'failures: 3\n      recovery: restart\n'));
    expect(diff).toContain('-      failures: 5');
    expect(diff).toContain('+      failures: 3');
    expect(diff.startsWith('@@')).toBe(true);
  });

  it('removes what is no longer wanted', async () => {
    const { after } = await editCheck(files, place, 'db', { interval: '10s' });
    expect(after).toBe(text.replace('      failures: 5\n', ''));
    expect((await editCheck(files, place, 'db', null)).after).toBe('version: 1\n# What matters\n');
  });

  it('makes the file where there is none', async () => {
    const made = await editCheck(memoryFiles({}), { folder: '/q', goldenFile: null }, 'api', {
      probe: { http: { port: 8080, path: '/healthz' } },
    });
    expect(made.file).toBe('/q/golden.yml');
    expect(made.after).toBe(
      'version: 1\nhealth:\n  services:\n    api:\n      probe:\n        http:\n          port: 8080\n          path: /healthz\n',
    );
  });

  it('refuses to touch a file that is not valid', async () => {
    const broken = memoryFiles({ '/p/golden.yml': 'version: 1\nnope: 2\n' });
    await expect(editCheck(broken, place, 'db', { failures: 2 })).rejects.toThrow(/nope/);
  });
});
