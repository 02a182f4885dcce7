import { commandText } from '../../../shared/domain/command-text.ts';
import type { RoutineStep, StepKind } from '../../../shared/domain/routine-file.ts';

export interface KindWords {
  /** What a step of this kind is called while it has no title of its own. */
  readonly title: string;
  /** What it does, one sentence. */
  readonly about: string;
}

export const kindWords: Readonly<Record<StepKind, KindWords>> = {
  engine: { title: 'Docker answers', about: 'Looks whether Docker answers, and offers to start it.' },
  health: { title: 'Check health', about: 'One look at every service: what is down, and why.' },
  'git.fetch': { title: 'Fetch', about: 'Fetches the newest commits. Your files stay as they are.' },
  'git.pull': { title: 'Pull', about: 'Fast-forwards the branch, and says why where it cannot.' },
  'git.wip': {
    title: 'Commit work in progress',
    about: 'Makes uncommitted work a commit, never on a protected branch.',
  },
  'git.push': { title: 'Push', about: 'Pushes what was committed, never a protected branch.' },
  'config.sync': {
    title: 'Sync configuration',
    about: 'Takes over files of the team, and asks for keys and secrets that are missing.',
  },
  changes: {
    title: 'Look for changes',
    about: 'Says which migrations and files of the stack are new, and proposes what follows.',
  },
  'stack.up': { title: 'Start services', about: 'Starts the stack, or what is down of it.' },
  'stack.stop': { title: 'Stop services', about: 'Stops containers. They and their data stay.' },
  'stack.down': { title: 'Stop and remove containers', about: 'Removes containers and networks. The data stays.' },
  'stack.restart': { title: 'Restart services', about: 'Stops services and starts them again.' },
  ready: { title: 'Wait until everything is ready', about: 'Waits for every service, and says when each was ready.' },
  'golden.restore': {
    title: 'Restore a golden image',
    about: 'Puts the data back as it was in an image. What was there stays as undo point.',
  },
  'golden.capture': { title: 'Capture a golden image', about: 'Keeps the data of the whole stack as it is now.' },
  run: { title: 'Run a command', about: 'A command of yours, on this machine or in a container.' },
  summary: { title: 'Write the summary of the day', about: 'Sums up the day: commits, operations, incidents.' },
};

export const kindOf = (step: RoutineStep): StepKind => (step.run !== undefined ? 'run' : (step.uses ?? 'run'));

/** What a step is called in the list. */
export function stepTitle(step: RoutineStep): string {
  if (step.title !== undefined) return step.title;
  if (step.run !== undefined && step.run !== '') return commandLine(step.run);
  return kindWords[kindOf(step)].title;
}

export const commandLine = (run: NonNullable<RoutineStep['run']>): string =>
  typeof run === 'string' ? (run.split('\n')[0] ?? '') : commandText(run);

/** The quiet line below it: when it is skipped, and how it differs from others. */
export function stepNotes(step: RoutineStep): string {
  return [
    step.if === undefined ? null : `if ${step.if}`,
    step.service === undefined ? null : `in ${step.service}`,
    step.ask === true ? 'asks first' : null,
    step.optional === true ? 'may fail' : null,
  ]
    .filter((one) => one !== null)
    .join(', ');
}
