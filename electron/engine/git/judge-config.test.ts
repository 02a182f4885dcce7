import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ConfigEntry, parseConfigList, splitKey } from './config-entries.ts';
import { judgeConfig } from './judge-config.ts';
import { parseStatus } from './status.ts';

const local = (key: string, value = 'x'): ConfigEntry => ({ scope: 'local', key, value });
const global = (key: string, value = 'x'): ConfigEntry => ({ scope: 'global', key, value });
const settingsOf = (entries: readonly ConfigEntry[]) => judgeConfig(entries, {}).settings;

describe('what a repository configures', () => {
  it('is left alone where it runs nothing', () => {
    const entries = [
      local('core.autocrlf', 'true'),
      local('user.email', 'ada@work.test'),
      local('remote.origin.url', 'https://example.test/x.git'),
      local('branch.main.merge', 'refs/heads/main'),
      local('http.postbuffer', '1'),
      local('gui.geometry', '1x1'),
    ];
    expect(judgeConfig(entries, {})).toMatchObject({ settings: [], filters: [], network: [] });
  });

  it('loses filters, and keeps those of the user with that name', () => {
    expect(settingsOf([local('filter.x.clean', 'evil'), local('filter.x.required', 'true')])).toEqual([
      ['filter.x.clean', ''],
      ['filter.x.smudge', ''],
      ['filter.x.process', ''],
      ['filter.x.required', 'false'],
    ]);
    const both = judgeConfig([global('filter.x.clean', 'mine'), local('filter.x.clean', 'evil')], {});
    expect(both.settings[0]).toEqual(['filter.x.clean', 'mine']);
    expect(both.filters).toEqual([]);
  });

  it('may turn large file storage on with its own words, and with no others', () => {
    const plain = [
      local('filter.lfs.clean', 'git-lfs clean -- %f'),
      local('filter.lfs.smudge', 'git-lfs smudge -- %f'),
      local('filter.lfs.process', 'git-lfs filter-process'),
      local('filter.lfs.required', 'true'),
      local('lfs.url', 'https://example.test/lfs'),
    ];
    expect(judgeConfig(plain, {})).toMatchObject({ settings: [], filters: [] });
    for (const more of [
      local('filter.lfs.clean', 'git-lfs clean -- %f; evil'),
      local('lfs.extension.x.clean', 'evil'),
      local('lfs.customtransfer.x.path', 'evil'),
      local('lfs.https://example.test/.standalonetransferagent', 'x'),
      local('lfs.standalonetransferagent', 'x'),
    ]) {
      const judged = judgeConfig([global('filter.lfs.clean', 'git-lfs clean -- %f'), ...plain, more], {});
      expect(judged.filters).toEqual(['lfs']);
      expect(judged.settings).toContainEqual(['filter.lfs.clean', '']);
      expect(judged.settings).toContainEqual(['filter.lfs.process', '']);
    }
  });

  it('loses credential helpers, and the order of those of the user stays', () => {
    const entries = [
      global('credential.helper', 'store'),
      global('credential.https://a.test.helper', 'a'),
      local('credential.helper', '!evil'),
    ];
    expect(settingsOf(entries)).toEqual([
      ['credential.helper', ''],
      ['credential.helper', 'store'],
      ['credential.https://a.test.helper', 'a'],
    ]);
    expect(settingsOf(entries.slice(0, 2))).toEqual([]);
  });

  it('keeps git from servers where it says how to reach them', () => {
    for (const key of [
      'http.proxy',
      'http.https://a.test.sslverify',
      'http.cookiefile',
      'remote.origin.vcs',
      'remote.origin.uploadpack',
      'remote.a.b.proxy',
      'core.gitproxy',
    ]) {
      expect(judgeConfig([local(key)], {}).network).toEqual([key]);
      expect(judgeConfig([global(key)], {}).network).toEqual([]);
      expect(judgeConfig([{ ...local(key), scope: 'worktree' }], {}).network).toEqual([key]);
    }
  });

  it('never says which ssh is used', () => {
    const evil = local('core.sshcommand', 'evil');
    const ssh = (entries: ConfigEntry[], environment = {}) =>
      judgeConfig(entries, environment).variables['GIT_SSH_COMMAND'];
    expect(ssh([evil])).toMatch(/^ssh .*BatchMode=yes/);
    expect(ssh([global('core.sshcommand', 'ssh -i key'), evil])).toBe('ssh -i key');
    expect(ssh([evil], { GIT_SSH_COMMAND: 'mine' })).toBe('mine');
    expect(ssh([evil], { GIT_SSH: "/it's/ssh" })).toBe(`'/it'\\''s/ssh'`);
  });
});

describe('lists of git', () => {
  it('give keys, values and scopes as they are', () => {
    const name = fc.stringMatching(/^[a-z][a-z0-9-]{0,5}$/);
    const part = fc.string({ maxLength: 8 }).map((text) => text.replaceAll(/[\0\n]/g, '.'));
    const entry = fc.record({
      scope: fc.constantFrom('system', 'global', 'local', 'worktree'),
      section: name,
      middle: part,
      variable: name,
      value: fc.option(fc.string({ maxLength: 12 }).map((text) => text.replaceAll('\0', ''))),
    });
    fc.assert(
      fc.property(fc.array(entry), (entries) => {
        const keyOf = ({ section, middle, variable }: (typeof entries)[number]): string =>
          middle === '' ? `${section}.${variable}` : `${section}.${middle}.${variable}`;
        const text = entries
          .map((each) => `${each.scope}\0${keyOf(each)}${each.value === null ? '' : `\n${each.value}`}\0`)
          .join('');
        const parsed = parseConfigList(text);
        expect(parsed).toEqual(
          entries.map((each) => ({ scope: each.scope, key: keyOf(each), value: each.value ?? undefined })),
        );
        for (const [index, { section, middle, variable }] of entries.entries()) {
          expect(splitKey(parsed[index]?.key ?? '')).toEqual({ section, name: middle, variable });
        }
      }),
    );
  });

  it('of a status keep any name of a file', () => {
    const path = fc.string({ minLength: 1, maxLength: 12 }).map((text) => `p${text.replaceAll('\0', '')}`);
    const line = fc.oneof(
      path.map((name) => ({ name, kind: 'untracked', text: `? ${name}\0` })),
      path.map((name) => ({ name, kind: 'changed', text: `1 .M N... 100644 100644 100644 a b ${name}\0` })),
      path.map((name) => ({ name, kind: 'changed', text: `2 R. N... 100644 100644 100644 a b R100 ${name}\0old\0` })),
      path.map((name) => ({ name, kind: 'conflicted', text: `u UU N... 1 1 1 1 a b c ${name}\0` })),
    );
    fc.assert(
      fc.property(fc.array(line), fc.boolean(), (lines, torn) => {
        const text = `# branch.oid (initial)\0# branch.head main\0${lines.map((each) => each.text).join('')}`;
        const status = parseStatus(torn ? `${text}? torn` : text);
        expect(status).toMatchObject({ commit: null, branch: 'main', upstream: null, ahead: null });
        expect(status.entries.map(({ path: name, kind }) => ({ name, kind }))).toEqual(
          lines.map(({ name, kind }) => ({ name, kind })),
        );
      }),
    );
  });
});
