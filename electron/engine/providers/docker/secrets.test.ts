import { extract } from 'tar-stream';
import { describe, expect, it } from 'vitest';
import type { ComposeProject, ComposeService } from '../../../../shared/domain/compose-model.ts';
import { fingerprint, packFiles, readCopiedFiles, serviceFiles } from './secrets.ts';

const project: ComposeProject = {
  name: 'p',
  services: {},
  secrets: { filed: { file: '/run/s' }, env: { environment: 'TOKEN' }, swarm: { external: true } },
  configs: { text: { content: 'hello' } },
};
const files = (service: ComposeService, local = true): ReturnType<typeof serviceFiles> =>
  serviceFiles(project, 'a', service, local);
const contents = (values: Record<string, string>): Parameters<typeof readCopiedFiles>[2] => ({
  readBytes: async (path) => Buffer.from(`bytes of ${path}`),
  variable: (name) => values[name],
});

describe('where secrets and configs go', () => {
  it('binds plain files on an engine that sees them', () => {
    expect(files({ secrets: [{ source: 'filed' }] }).bound).toEqual([
      { source: '/run/s', target: '/run/secrets/filed' },
    ]);
    expect(files({ secrets: [{ source: 'filed', target: '/x/../y' }] }).bound[0]?.target).toBe('/y');
  });

  it('copies what has an owner or mode, comes from elsewhere, or is out of the engine’s sight', () => {
    expect(files({ secrets: [{ source: 'filed', mode: '0440', uid: '7' }] }).copied).toMatchObject([
      { target: '/run/secrets/filed', mode: 0o440, uid: 7, gid: 0, from: { file: '/run/s' } },
    ]);
    expect(files({ secrets: [{ source: 'filed' }] }, false).copied).toHaveLength(1);
    expect(files({ configs: [{ source: 'text' }] }).copied).toMatchObject([{ target: '/text', mode: 0o444 }]);
  });

  it('gives them a volume where a tmpfs or a read-only root is in the way', () => {
    const secrets = [{ source: 'env' }];
    expect(files({ secrets, read_only: true }).folders).toEqual(['/run/secrets']);
    expect(files({ secrets, tmpfs: ['/run:size=1m'] }).folders).toEqual(['/run/secrets']);
    expect(files({ secrets }).folders).toEqual([]);
    expect(() => files({ configs: [{ source: 'text' }], read_only: true })).toThrow('cannot be placed at /text');
    expect(() => files({ secrets, tmpfs: ['/run/secrets'] })).toThrow('would hide');
  });

  it('refuses what only a swarm has', () => {
    expect(() => files({ secrets: [{ source: 'swarm' }] })).toThrow('swarm is external');
  });
});

describe('what is copied', () => {
  const { copied } = files({ secrets: [{ source: 'env' }], configs: [{ source: 'text', target: '/etc/a/b.conf' }] });

  it('names the variable that is not set', async () => {
    await expect(readCopiedFiles('a', copied, contents({}))).rejects.toMatchObject({
      code: 'compose.variable-missing',
      message: expect.stringContaining('TOKEN'),
    });
  });

  it('travels whole, with mode and owner', async () => {
    const archives = await packFiles(await readCopiedFiles('a', copied, contents({ TOKEN: 'sésame' })), []);
    expect(archives.map((each) => each.path)).toEqual(['/']);
    const found: Record<string, string> = {};
    const reader = extract();
    reader.end(archives[0]?.tar);
    for await (const entry of reader) {
      let text = '';
      for await (const chunk of entry) text += String(chunk);
      found[`${entry.header.name} ${entry.header.mode?.toString(8)}`] = text;
    }
    expect(found).toEqual({ 'run/secrets/env 444': 'sésame', 'etc/a/b.conf 444': 'hello' });
  });

  it('is unpacked in the folder that has a volume', async () => {
    const archives = await packFiles(await readCopiedFiles('a', copied, contents({ TOKEN: 'x' })), ['/run/secrets']);
    expect(archives.map((each) => each.path)).toEqual(['/run/secrets', '/']);
  });

  it('has a fingerprint that tells change and nothing else', async () => {
    const one = await readCopiedFiles('a', copied, contents({ TOKEN: 'one' }));
    const two = await readCopiedFiles('a', copied, contents({ TOKEN: 'two' }));
    const label = fingerprint(one);
    expect(fingerprint(one, label)).toBe(label);
    expect(fingerprint(two, label)).not.toBe(label);
    // Salted: equal secrets of two containers do not show as equal.
    expect(fingerprint(one)).not.toBe(label);
    expect(fingerprint(new Map())).toBeUndefined();
  });
});
