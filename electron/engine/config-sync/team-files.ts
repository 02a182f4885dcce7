import { createHash } from 'node:crypto';
import { dirname } from 'node:path';
import type { Reason } from '../../../shared/contract/routines.ts';
import { AppError, toAppError } from '../../../shared/errors.ts';
import { lineDiff } from '../health/check-editor.ts';
import type { Files } from '../platform/files.ts';
import type { StepContext } from '../routines/step-types.ts';
import { maxFileBytes, type ReadTeamFile, tooLarge } from './read-source.ts';
import { targetPath } from './target-path.ts';
import type { TeamBook } from './team-book.ts';
import { decide } from './three-way.ts';

export interface TeamFilesDeps {
  readonly files: Files;
  readonly book: TeamBook;
  /** Takes what the key store has out of a text. */
  readonly mask: (text: string) => string;
}

export interface TeamFilesResult {
  readonly written: readonly string[];
  /** Left as they are though the team has others. */
  readonly conflicts: readonly string[];
}

const maxDiffLines = 95;

/** Brings the team's files to where golden.yml says. Nothing of the user's is overwritten unasked. */
export async function syncTeamFiles(
  deps: TeamFilesDeps,
  {
    folder,
    wanted,
    read,
  }: { readonly folder: string; readonly wanted: Readonly<Record<string, string>>; readonly read: ReadTeamFile },
  step: StepContext,
): Promise<TeamFilesResult> {
  const written: string[] = [];
  const conflicts: string[] = [];
  const entries = Object.entries(wanted);
  for (const [index, [from, to]] of entries.entries()) {
    step.signal.throwIfAborted();
    step.progress(index, entries.length, 'items');
    step.detail(`Looking at ${from}`);
    try {
      const done = await syncOne(deps, { folder, from, to, read }, step);
      if (done === 'written') written.push(to);
      if (done === 'conflict') conflicts.push(to);
    } catch (error) {
      step.signal.throwIfAborted();
      if (!(error instanceof AppError)) throw error;
      step.remark(remarkOf(`${to} could not be brought up to date`, error));
    }
  }
  step.progress(entries.length, entries.length, 'items');
  return { written, conflicts };
}

interface One {
  readonly folder: string;
  readonly from: string;
  readonly to: string;
  readonly read: ReadTeamFile;
}

async function syncOne(
  { files, book, mask }: TeamFilesDeps,
  { folder, from, to, read }: One,
  step: StepContext,
): Promise<'written' | 'conflict' | 'nothing'> {
  const { environmentId, signal } = step;
  const path = await targetPath(files, folder, to);
  const theirs = await read(from, signal);
  const look = async () => {
    const info = await files.info(path);
    if ((info?.bytes ?? 0) > maxFileBytes) throw tooLarge(to);
    const bytes = info === undefined ? null : await files.readBytes(path, signal);
    return { bytes, mode: info?.mode };
  };
  const mine = await look();
  const hashes = { base: book.hashOf(environmentId, to), mine: hash(mine.bytes), theirs: hash(theirs) };
  const write = async (): Promise<'written'> => {
    if (theirs === null) throw new TypeError('There is nothing to write.');
    // It may have been edited while a question was open.
    if (hash((await look()).bytes) !== hashes.mine) throw changedMeanwhile(to);
    await files.makeFolder(dirname(path));
    await files.writeBytes(path, theirs, { mode: mine.mode ?? 0o644 });
    book.note(environmentId, to, hash(theirs) ?? '');
    if (isGoldenFile(to)) step.remark(note(`${to} is another one now`, 'What it runs is shown and asked for again.'));
    return 'written';
  };
  switch (decide(hashes)) {
    case 'gone':
      if (hashes.base !== null || mine.bytes === null) {
        step.remark(
          note(
            `The team has no ${from} any more`,
            `${to} stays as it is.`,
            `Take it out of config.files in golden.yml, or correct the name.`,
          ),
        );
      }
      return 'nothing';
    case 'same':
      if (hashes.base !== hashes.theirs) book.note(environmentId, to, hashes.theirs ?? '');
      return 'nothing';
    case 'keep':
      return 'nothing';
    case 'write':
      return write();
    case 'conflict':
      break;
  }
  const answer = await step.ask({
    kind: 'choice',
    text: `${to} was changed here, and the team has another one. Which shall it be?`,
    detail: difference(mine.bytes, theirs, mask),
    choices: [
      { id: 'mine', label: 'Keep mine', danger: false },
      { id: 'theirs', label: 'Take theirs, keep mine beside it', danger: false },
      { id: 'later', label: 'Decide later', danger: false },
    ],
  });
  const chosen = answer.kind === 'choice' ? answer.id : 'later';
  if (chosen === 'theirs' && mine.bytes !== null) {
    const beside = await freeName(files, `${path}.orig`, mine.bytes, signal);
    await files.writeBytes(beside, mine.bytes, { mode: mine.mode ?? 0o644 });
    return write();
  }
  if (chosen === 'mine') {
    // Asked again only when the team changes it again.
    book.note(environmentId, to, hashes.theirs ?? '');
    return 'nothing';
  }
  step.remark(
    note(
      `${to} differs from the team's`,
      'It was changed here and there; nothing was overwritten.',
      'Run the step again to choose.',
    ),
  );
  return 'conflict';
}

function difference(mine: Uint8Array | null, theirs: Uint8Array | null, mask: (text: string) => string): string[] {
  const texts = [mine, theirs].map((bytes) => (bytes === null ? '' : Buffer.from(bytes).toString('utf8')));
  if (texts.some((text) => text.includes('\0'))) return ['It is not text, so the difference cannot be shown.'];
  const lines = mask(lineDiff(texts[0] ?? '', texts[1] ?? '')).split('\n');
  if (lines.length <= maxDiffLines) return lines;
  return [...lines.slice(0, maxDiffLines), `… and ${lines.length - maxDiffLines} lines more`];
}

/** `x.orig`, or with a number where another text has that name. */
async function freeName(files: Files, path: string, bytes: Uint8Array, signal: AbortSignal): Promise<string> {
  for (let number = 0; number < 1000; number += 1) {
    const name = number === 0 ? path : `${path}.${number}`;
    const info = await files.info(name);
    if (info === undefined) return name;
    if (info.kind === 'file' && hash(await files.readBytes(name, signal)) === hash(bytes)) return name;
  }
  throw new AppError({
    code: 'config.conflict',
    message: `There are too many copies beside ${path}.`,
    remedy: 'Remove those that you need no more.',
  });
}

const hash = (bytes: Uint8Array | null): string | null =>
  bytes === null ? null : createHash('sha256').update(bytes).digest('hex');

const isGoldenFile = (to: string): boolean => /^(\.\/)*golden\.ya?ml$/i.test(to);

function changedMeanwhile(to: string): AppError {
  return new AppError({
    code: 'config.conflict',
    message: `${to} was changed a moment ago.`,
    remedy: 'Run the step again.',
  });
}

export function note(title: string, detail: string | null, remedy: string | null = null): Omit<Reason, 'step'> {
  return { kind: 'remark', title, detail, remedy, service: null };
}

export function remarkOf(title: string, error: unknown): Omit<Reason, 'step'> {
  const { message, remedy } = toAppError(error);
  return note(title, message, remedy);
}
