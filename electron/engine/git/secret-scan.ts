import { basename, extname } from 'node:path';
import type { Repository } from './repository.ts';
import { toText } from './status.ts';

/** A secret where somebody would see it. What it is stays out. */
export interface SecretFinding {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** Such as `GitHub Token`. */
  readonly what: string;
  readonly rule: string;
}

export interface SecretScan {
  readonly findings: readonly SecretFinding[];
  /** Too large to be looked through, or not text. */
  readonly skipped: readonly string[];
}

interface NewBlob {
  readonly path: string;
  readonly object: string;
  /** What the commit before has there; undefined: nothing. */
  readonly before: string | undefined;
}

const maxFileBytes = 2 * 1024 * 1024;
const maxBatchBytes = 16 * 1024 * 1024;
const maxFindings = 200;

/**
 * Looks for secrets in what a tree has and the one before has not: whole files, as they would be committed. What the
 * file held before, at whatever line, is out already and not told again. Throws what git throws.
 */
export async function scanForSecrets(
  repository: Repository,
  trees: { readonly before: string; readonly after: string },
  variables: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<SecretScan> {
  const blobs = await newBlobs(repository, trees, variables, signal);
  const objects = [
    ...new Set(blobs.flatMap(({ object, before }) => (before === undefined ? [object] : [object, before]))),
  ];
  const sizes = await sizesOf(repository, objects, variables, signal);
  const skipped: string[] = [];
  const findings: SecretFinding[] = [];
  const wanted = blobs.filter(({ object, path }) => {
    const fits = (sizes.get(object) ?? 0) <= maxFileBytes;
    if (!fits) skipped.push(toText(path));
    return fits;
  });
  for (const batch of batches(wanted, sizes)) {
    const needed = batch.flatMap(({ object, before }) =>
      before !== undefined && (sizes.get(before) ?? 0) <= maxFileBytes ? [object, before] : [object],
    );
    const contents = await readBlobs(repository, [...new Set(needed)], variables, signal);
    for (const { path, object, before } of batch) {
      signal.throwIfAborted();
      const bytes = contents.get(object) ?? '';
      const name = toText(path);
      if (bytes.slice(0, 8000).includes('\0')) {
        skipped.push(name);
        continue;
      }
      const known = toText(before === undefined ? '' : (contents.get(before) ?? ''));
      findings.push(...(await findingsIn(name, toText(bytes), known)));
      if (findings.length > maxFindings) return { findings: findings.slice(0, maxFindings), skipped };
    }
  }
  return { findings, skipped };
}

async function findingsIn(file: string, content: string, known: string): Promise<SecretFinding[]> {
  // Loaded when there is something to look through: it takes longer to load than most commands to run.
  const [{ lintSource }, { creator }, { secretLintProfiler }] = await Promise.all([
    import('@secretlint/core'),
    import('@secretlint/secretlint-rule-preset-recommend'),
    import('@secretlint/profiler'),
  ]);
  // It would keep a mark of every file for as long as the engine lives.
  secretLintProfiler.mark = () => undefined;
  const id = '@secretlint/secretlint-rule-preset-recommend';
  const result = await lintSource({
    source: { filePath: nowhere(file), content, contentType: 'text', ext: extname(file) },
    options: { locale: 'en', maskSecrets: true, config: { rules: [{ id, rule: creator, options: {} }] } },
  });
  return result.messages.flatMap(({ range, loc, message, messageId, ruleId, type }) => {
    if (type !== 'message') return [];
    const secret = content.slice(range[0], range[1]);
    if (secret !== '' && known.includes(secret)) return [];
    // The name stands before what is masked.
    const what = /^found ([^:(*]+)/.exec(message)?.[1]?.trim() ?? messageId;
    const rule = ruleId.replace(/^@secretlint\/secretlint-rule-/, '');
    return [{ file, line: loc.start.line, column: loc.start.column + 1, what, rule }];
  });
}

/** Some rules go by the name of a file; one reads it again, and must not find what the repository put there. */
function nowhere(file: string): string {
  return `/golden-hour/no-such-folder/${basename(file).replace(/[^\w.-]/g, '_')}`;
}

async function newBlobs(
  repository: Repository,
  { before, after }: { readonly before: string; readonly after: string },
  variables: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<NewBlob[]> {
  const args = ['diff-tree', '-r', '-z', '--raw', '--no-abbrev', '--no-renames', '--end-of-options', before, after];
  const listed = await repository.git(args, { signal, encoding: 'latin1', variables, maxBytes: 64 * 1024 * 1024 });
  const parts = listed.stdout.split('\0');
  const blobs: NewBlob[] = [];
  for (let index = 0; index + 1 < parts.length; index += 2) {
    const [, mode, old = '', object = ''] = (parts[index] ?? '').split(' ');
    const path = parts[index + 1] ?? '';
    // Submodules, and what is gone.
    if (mode === '160000' || mode === '000000') continue;
    blobs.push({ path, object, before: /^0+$/.test(old) ? undefined : old });
  }
  return blobs;
}

async function sizesOf(
  repository: Repository,
  objects: readonly string[],
  variables: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<Map<string, number>> {
  const done = await repository.git(['cat-file', '--batch-check=%(objectname) %(objectsize)'], {
    signal,
    variables,
    input: objects.map((object) => `${object}\n`).join(''),
  });
  return new Map(
    done.stdout.split('\n').flatMap((line) => {
      const [object = '', size] = line.split(' ');
      return size === undefined ? [] : [[object, Number(size)] as const];
    }),
  );
}

function* batches(blobs: readonly NewBlob[], sizes: ReadonlyMap<string, number>): Generator<NewBlob[]> {
  let batch: NewBlob[] = [];
  let bytes = 0;
  for (const blob of blobs) {
    const size = (sizes.get(blob.object) ?? 0) + Math.min(sizes.get(blob.before ?? '') ?? 0, maxFileBytes);
    if (batch.length > 0 && bytes + size > maxBatchBytes) {
      yield batch;
      batch = [];
      bytes = 0;
    }
    batch.push(blob);
    bytes += size;
  }
  if (batch.length > 0) yield batch;
}

async function readBlobs(
  repository: Repository,
  objects: readonly string[],
  variables: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<Map<string, string>> {
  const { stdout } = await repository.git(['cat-file', '--batch'], {
    signal,
    variables,
    encoding: 'latin1',
    input: objects.map((object) => `${object}\n`).join(''),
    maxBytes: maxBatchBytes + 16 * 1024 * 1024,
  });
  const contents = new Map<string, string>();
  for (let at = 0; at < stdout.length; ) {
    const end = stdout.indexOf('\n', at);
    if (end === -1) break;
    const [object = '', , size] = stdout.slice(at, end).split(' ');
    // `missing` has no size and no content.
    const length = size === undefined ? -1 : Number(size);
    if (length >= 0) contents.set(object, stdout.slice(end + 1, end + 1 + length));
    at = end + 1 + (length >= 0 ? length + 1 : 0);
  }
  return contents;
}
