import { AppError } from '../../../shared/errors.ts';
import type { EnvironmentTarget } from '../providers/provider.ts';

export function nameTaken(name: string): AppError {
  return new AppError({
    code: 'golden.name-taken',
    message: `A golden image named ${name} exists already.`,
    remedy: 'Choose another purpose, or add a tag such as "2".',
    details: { name },
  });
}

export function nothingToCapture(target: EnvironmentTarget, omitted: readonly string[]): AppError {
  return new AppError({
    code: 'golden.nothing-to-capture',
    message: `${target.id} has no data that a golden image could hold.`,
    remedy:
      omitted.length > 0
        ? `Start the stack once so that its volumes exist. ${omitted.join(' ')}`
        : 'Give its services named volumes in the Compose file.',
    details: { omitted },
  });
}

export function planStale(): AppError {
  return new AppError({
    code: 'plan.stale',
    message: 'The plan is out of date: what can move into the golden store has changed since it was shown.',
    remedy: 'Look at the new plan and capture again. Nothing was changed.',
  });
}

export function planNeeded(environmentId: string): AppError {
  return new AppError({
    code: 'guard.refused',
    message: `Moving volumes of ${environmentId} into the golden store needs the plan that names them.`,
    remedy: 'Look at the plan and confirm it, or leave the volumes where they are.',
  });
}
