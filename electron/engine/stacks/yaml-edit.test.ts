import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { editYaml } from './yaml-edit.ts';

const file = `# The shop
version: 1   # one

health:
  # Its probes
  services:
    db:
      interval: "10s" # often
      failures: 3

    api: {interval: 5s}
golden:
  exclude: [cache]
`;

describe('editing YAML', () => {
  it('changes one scalar and nothing else', () => {
    expect(editYaml(file, [{ path: ['health', 'services', 'db', 'interval'], value: '30s' }])).toBe(
      file.replace('"10s"', '30s'),
    );
  });

  it('adds a key after the last one of its mapping', () => {
    expect(editYaml(file, [{ path: ['health', 'services', 'db', 'timeout'], value: '1s' }])).toBe(
      file.replace('failures: 3\n', 'failures: 3\n      timeout: 1s\n'),
    );
  });

  it('adds whole branches', () => {
    const edited = editYaml(file, [{ path: ['golden', 'gate_timeout'], value: '1m' }]);
    expect(edited).toBe(`${file}  gate_timeout: 1m\n`);
    const grown = editYaml(file, [{ path: ['health', 'services', 'web', 'probe'], value: { http: { port: 80 } } }]);
    expect(grown).toContain(
      '    api: {interval: 5s}\n    web:\n      probe:\n        http:\n          port: 80\ngolden:',
    );
    expect(editYaml('', [{ path: ['version'], value: 1 }])).toBe('version: 1\n');
  });

  it('removes an entry, and the mappings it leaves empty', () => {
    expect(editYaml(file, [{ path: ['golden', 'exclude'], value: undefined }])).toBe(
      file.replace('golden:\n  exclude: [cache]\n', ''),
    );
    expect(editYaml(file, [{ path: ['health', 'services', 'db', 'failures'], value: undefined }])).toBe(
      file.replace('      failures: 3\n', ''),
    );
    expect(editYaml(file, [{ path: ['nothing', 'here'], value: undefined }])).toBe(file);
  });

  it('keeps comments where a flow mapping must grow', () => {
    const edited = editYaml(file, [{ path: ['health', 'services', 'api', 'failures'], value: 5 }]);
    expect(parse(edited).health.services.api).toEqual({ interval: '5s', failures: 5 });
    for (const comment of ['# The shop', '# one', '# Its probes', '# often']) expect(edited).toContain(comment);
  });

  it('keeps the ends of lines of Windows', () => {
    expect(editYaml('a: 1\r\nb:\r\n  c: 2\r\n', [{ path: ['b', 'd'], value: 3 }])).toBe(
      'a: 1\r\nb:\r\n  c: 2\r\n  d: 3\r\n',
    );
  });

  it('refuses what it cannot read, and paths through values', () => {
    expect(() => editYaml('a: [', [{ path: ['a'], value: 1 }])).toThrow(/cannot be read/);
    expect(() => editYaml('a: 5', [{ path: ['a', 'b'], value: 1 }])).toThrow(/a is not a mapping/);
  });

  it('always reads back as asked, whatever the file looks like', () => {
    const key = fc.constantFrom('a', 'b', 'c', 'd e', '#f', '1');
    const leaf = fc.oneof(fc.integer(), fc.boolean(), fc.string(), fc.constant(null));
    const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
      tree: fc.oneof(
        { depthSize: 'small' },
        leaf,
        fc.dictionary(key, tie('tree'), { maxKeys: 4, noNullPrototype: true }),
        fc.array(leaf, { maxLength: 3 }),
      ),
    }));
    const root = fc.dictionary(key, tree, { maxKeys: 4, noNullPrototype: true });
    fc.assert(
      fc.property(root, key, key, tree, fc.boolean(), (object, first, second, value, flow) => {
        const inner = object[first];
        if (inner != null && (typeof inner !== 'object' || Array.isArray(inner))) return;
        const text = flow ? stringify(object, { collectionStyle: 'flow' }) : stringify(object);
        const edited = editYaml(text, [{ path: [first, second], value }]);
        expect(parse(edited)).toEqual({ ...object, [first]: { ...((inner as object) ?? {}), [second]: value } });
        expect(
          parse(editYaml(edited, [{ path: [first, second], value: undefined }]))?.[first]?.[second],
        ).toBeUndefined();
      }),
    );
  });
});
