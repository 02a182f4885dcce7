import { z } from 'zod';
import { goldenFileSchema } from '../../../../shared/domain/golden-file.ts';
import { stepOptions } from '../../../../shared/domain/step-options.ts';
import { keyDescriptions } from './key-descriptions.ts';

/** A JSON schema, as far as it is walked here. */
interface Schema {
  properties?: Record<string, Schema>;
  additionalProperties?: Schema | boolean;
  items?: Schema;
  anyOf?: Schema[];
  [keyword: string]: unknown;
}

/** golden.yml as a JSON schema (draft 7), for editors: completion, descriptions, and most of what can be wrong. */
export function publishedSchema(): Schema {
  const schema = toSchema(goldenFileSchema);
  schema['title'] = 'golden.yml';
  schema['description'] = 'What Golden Hour should know of a stack, beside its Compose files.';
  describe(schema, '');
  refine(schema);
  return schema;
}

/** As text: what lies in docs/ and what `golden schema` prints. */
export const publishedSchemaText = (): string => `${JSON.stringify(publishedSchema(), null, 2)}\n`;

function toSchema(schema: z.ZodType): Schema {
  return z.toJSONSchema(schema, { target: 'draft-07', io: 'input', reused: 'inline' }) as Schema;
}

/** Every place that keys lead to, with its path as in `keyDescriptions`. */
export function places(schema: Schema, path: string): readonly (readonly [string, Schema])[] {
  const below = (key: string): string => (path === '' ? key : `${path}.${key}`);
  return [
    ...Object.entries(schema.properties ?? {}).map(([key, each]) => [below(key), each] as const),
    ...(isMapping(schema.additionalProperties) ? [[below('*'), schema.additionalProperties] as const] : []),
    ...(isMapping(schema.items) ? [[`${path}[]`, schema.items] as const] : []),
  ]
    .flatMap(([at, each]) => [[at, each] as const, ...places(each, at)])
    .concat((schema.anyOf ?? []).flatMap((each) => places(each, path)));
}

const isMapping = (schema: Schema | boolean | undefined): schema is Schema =>
  typeof schema === 'object' && schema !== null;

function describe(schema: Schema, path: string): void {
  for (const [at, each] of places(schema, path)) {
    const known = keyDescriptions[at];
    if (known === undefined) continue;
    each['description'] = known.about;
    if (known.examples !== undefined) each['examples'] = known.examples;
    if (known.default !== undefined) each['default'] = known.default;
  }
}

/** What the file's own checks say and a schema can say too. */
function refine(schema: Schema): void {
  const at = (path: string): Schema => {
    const found = places(schema, '').find(([each]) => each === path)?.[1];
    if (found === undefined) throw new Error(`golden.yml has no ${path}.`);
    return found;
  };
  // One kind of probe.
  Object.assign(at('health.services.*.probe'), { minProperties: 1, maxProperties: 1 });
  Object.assign(at('routines.*.schedule'), {
    minProperties: 1,
    allOf: [
      ['at', 'ready_by'],
      ['at', 'cron'],
      ['ready_by', 'cron'],
      ['cron', 'days'],
    ].map((required) => ({ not: { required } })),
  });
  const step = at('routines.*.steps[]');
  step['description'] = 'One step: uses says what it does, or run which command.';
  step['anyOf'] = [{ required: ['uses'] }, { required: ['run'] }];
  step['allOf'] = Object.entries(stepOptions).map(([uses, options]) => {
    const { $schema: _, ...own } = toSchema(options);
    return Object.fromEntries([
      ['if', { required: ['uses'], properties: { uses: { const: uses } } }],
      ['then', { properties: { with: own } }],
    ]);
  });
}
