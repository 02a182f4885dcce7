import { chmod, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { inTemporaryFolder } from '../../test/support/temp.ts';
import { publishedSchemaText, writeSchema } from './golden-schema.ts';

it('puts the schema beside golden.yml, which names it once', () =>
  inTemporaryFolder(async (folder) => {
    const [file, schema] = [join(folder, 'golden.yml'), join(folder, 'golden.schema.json')];
    expect(await writeSchema(folder)).toEqual([schema]);
    await writeFile(file, '# Ours\nversion: 1\n');
    await chmod(file, 0o640);
    expect(await writeSchema(folder)).toEqual([schema, file]);
    expect(await writeSchema(folder)).toEqual([schema]);
    expect(await readFile(file, 'utf8')).toBe(
      '# yaml-language-server: $schema=./golden.schema.json\n# Ours\nversion: 1\n',
    );
    expect((await stat(file)).mode & 0o777).toBe(0o640);
    expect(await readFile(schema, 'utf8')).toBe(publishedSchemaText());
  }));
