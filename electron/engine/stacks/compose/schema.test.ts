import { Ajv } from 'ajv';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromPlain } from './canonical.ts';
import { createProblems } from './problems.ts';
import { checkSchema, composeSchema } from './schema.ts';

const { $schema: _dialect, ...schema } = composeSchema as unknown as Record<string, unknown>;
const oracle = new Ajv({ strict: false, allErrors: false, formats: {} }).compile(schema);

function accepts(value: unknown): boolean {
  const problems = createProblems();
  checkSchema(fromPlain(value, { position: { file: 'f', line: 1, column: 1 } }), problems);
  return !problems.hasErrors;
}

/** Everything the schema knows as a key somewhere. */
function keysOf(part: unknown, found = new Set<string>()): Set<string> {
  if (typeof part !== 'object' || part === null) return found;
  for (const [key, value] of Object.entries(part)) {
    if (key === 'properties') for (const name of Object.keys(value as object)) found.add(name);
    keysOf(value, found);
  }
  return found;
}

describe('the schema check', () => {
  const key = fc.oneof(fc.constantFrom(...keysOf(schema)), fc.constantFrom('web', 'x-own', 'a b', 'nofile'));
  const leaf = fc.constantFrom<unknown>(null, true, 0, 5, -1, 1.5, '', 'x', '1', 'all', 'bind', 'always', 'private');
  const node = fc.letrec<{ node: unknown }>((tie) => ({
    node: fc.oneof(leaf, fc.array(tie('node'), { maxLength: 3 }), fc.dictionary(key, tie('node'), { maxKeys: 4 })),
  })).node;

  it('agrees with a complete JSON Schema validator', () => {
    fc.assert(
      fc.property(fc.dictionary(key, node, { maxKeys: 6 }), (attributes) => {
        const project = { services: { web: attributes } };
        expect(accepts(project)).toBe(oracle(project));
      }),
      { numRuns: 1_000 },
    );
  });

  it('agrees on every attribute by itself', () => {
    const services = composeSchema.definitions['service']?.properties ?? {};
    for (const attribute of Object.keys(services)) {
      fc.assert(
        fc.property(node, (value) => {
          const project = { services: { web: { [attribute]: value } } };
          expect(accepts(project), JSON.stringify(project)).toBe(oracle(project));
        }),
        { numRuns: 60 },
      );
    }
  });

  it('agrees on top-level sections', () => {
    fc.assert(
      fc.property(fc.constantFrom(...Object.keys(composeSchema.properties ?? {})), node, (section, value) => {
        const project = { [section]: value };
        expect(accepts(project), JSON.stringify(project)).toBe(oracle(project));
      }),
      { numRuns: 1_000 },
    );
  });
});
