import { isAbsolute } from 'node:path';
import { parseCondition } from '../../../../shared/domain/condition.ts';
import type { DeclaredSections } from '../../../../shared/domain/golden-file.ts';
import { type ComposeNode, formatPath } from '../compose/node.ts';
import type { Problems } from '../compose/problems.ts';
import { parseBytes } from '../compose/units.ts';
import { checkOptions, checkRoutine } from './check-routine.ts';
import { checkSchedule } from './check-schedule.ts';
import { knownFacts } from './known.ts';
import { patternFault } from './patterns.ts';
import type { Path } from './places.ts';
import { checkInside, type Say, sayer } from './say.ts';

/** What no schema says: what does not fit together in the sections that stand apart. */
export function checkSections(sections: DeclaredSections, root: ComposeNode, problems: Problems): void {
  const say = sayer(root, problems);
  for (const [name, routine] of Object.entries(sections.routines ?? {})) {
    checkRoutine(['routines', name], routine, say);
    checkOptions(['routines', name], routine, root, problems);
    if (routine.schedule !== undefined) checkSchedule(['routines', name, 'schedule'], routine.schedule, say);
  }
  checkDay(sections, say);
  checkGit(sections, say);
  checkConfig(sections, say);
  for (const [name, domain] of Object.entries(sections.domains ?? {})) {
    // Other repositories of the stack may lie beside this one.
    checkPatterns(['domains', name, 'paths'], domain.paths, say, true);
  }
}

function checkDay({ day }: DeclaredSections, say: Say): void {
  const size = day?.capture_when;
  // It becomes part of a condition.
  if (size !== undefined && !parseCondition(`data.changed > ${size}`, knownFacts).ok) {
    say(['day', 'capture_when'], `day.capture_when cannot be “${size}”.`, 'Write a size such as 50MiB.');
  }
  const image = day?.restore_image;
  if (image !== undefined && /\*./.test(image)) {
    say(
      ['day', 'restore_image'],
      `“${image}” has a * that is not at its end.`,
      'Write the start of the name and one *.',
    );
  }
}

function checkGit({ git }: DeclaredSections, say: Say): void {
  if (git === undefined) return;
  if (git.branches !== undefined) checkRegex(['git', 'branches'], git.branches, say);
  if (git.commits !== undefined && git.commits !== 'conventional') checkRegex(['git', 'commits'], git.commits, say);
  if (git.large_files !== undefined) checkSize(['git', 'large_files'], git.large_files, say);
  for (const [index, pattern] of (git.protected ?? []).entries()) {
    // As git itself: nothing but these makes no name of a branch.
    const odd = /[\s~^:?[\\]/.exec(pattern);
    if (odd !== null) {
      const message = `“${pattern}” matches no branch: names of branches have no “${odd[0]}”.`;
      say(['git', 'protected', index], message, 'Write names of branches, with * for any text.', odd.index);
    }
  }
  for (const [index, folder] of (git.repositories ?? []).entries()) {
    if (isAbsolute(folder)) {
      const message = `“${folder}” is an absolute path, which is another one on other computers.`;
      say(['git', 'repositories', index], message, 'Write it relative to golden.yml.');
    }
  }
}

function checkConfig({ config }: DeclaredSections, say: Say): void {
  if (config === undefined) return;
  for (const [from, to] of Object.entries(config.files ?? {})) checkInside(['config', 'files', from], to, say);
  for (const [file, template] of Object.entries(config.env ?? {})) {
    checkInside(['config', 'env', file], file, say);
    checkInside(['config', 'env', file], template, say);
  }
  if (config.files !== undefined && config.source === undefined) {
    say(['config', 'files'], 'The files have no source to come from.', 'Add “source:” under config.');
  }
  checkPatterns(['config', 'migrations'], config.migrations ?? [], say);
}

function checkPatterns(path: Path, patterns: readonly string[], say: Say, beside = false): void {
  for (const [index, pattern] of patterns.entries()) {
    const fault = patternFault(pattern, { beside });
    if (fault !== undefined) say([...path, index], fault.message, fault.remedy, fault.index);
  }
}

function checkSize(path: Path, text: string, say: Say): void {
  if (parseBytes(text) !== undefined) return;
  say(path, `${formatPath(path)} cannot be “${text}”.`, 'Write a size such as 50MiB.');
}

function checkRegex(path: Path, text: string, say: Say): void {
  try {
    new RegExp(text, 'u');
  } catch (error) {
    const why = error instanceof Error ? (/: ([^:]+)$/.exec(error.message)?.[1] ?? error.message) : String(error);
    say(path, `${formatPath(path)} is not a regular expression: ${why.toLowerCase()}.`, 'Correct it, or quote it.', 0);
  }
}
