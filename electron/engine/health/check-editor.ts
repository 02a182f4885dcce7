import { join } from 'node:path';
import type { ServiceCheck } from '../../../shared/domain/checks.ts';
import { goldenFileSchema } from '../../../shared/domain/golden-file.ts';
import type { Files } from '../platform/files.ts';
import { parseGoldenFile } from '../stacks/golden-file/load.ts';
import { lineDiff } from '../stacks/line-diff.ts';
import { editYaml } from '../stacks/yaml-edit.ts';

export { lineDiff };

export interface CheckEdit {
  /** Absolute. */
  readonly file: string;
  readonly before: string;
  readonly after: string;
  /** Unified, without the names of files. */
  readonly diff: string;
}

/**
 * What `health.services.<service>` of a folder's golden.yml would become; null removes it. A folder without the file
 * gets one. Throws `golden-file.invalid` when the file, or what it would be, is not valid.
 */
export async function editCheck(
  files: Files,
  { folder, goldenFile }: { readonly folder: string; readonly goldenFile: string | null },
  service: string,
  check: ServiceCheck | null,
): Promise<CheckEdit> {
  const file = goldenFile ?? join(folder, 'golden.yml');
  const before = goldenFile === null ? '' : await files.readText(file);
  if (before !== '') parseGoldenFile(before, file);
  const version = goldenFileSchema.shape.version.value;
  const start = before === '' ? `version: ${version}\n` : before;
  const wanted: Readonly<Record<string, unknown>> = { ...check };
  const known = Object.keys(goldenFileSchema.shape.health.unwrap().shape.services.unwrap().valueType.shape);
  const path = ['health', 'services', service];
  const after = editYaml(
    start,
    check === null
      ? [{ path, value: undefined }]
      : // Key by key, so that comments beside those that stay are kept.
        known.map((key) => ({ path: [...path, key], value: wanted[key] })),
  );
  parseGoldenFile(after, file);
  return { file, before, after, diff: lineDiff(before, after) };
}
