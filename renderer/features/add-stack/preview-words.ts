import type { StackPreview } from '../../../shared/contract/environments.ts';
import { count } from '../../ui/format.ts';

export interface PreviewWords {
  readonly title: string;
  readonly lead: string;
  /** What stands in the way, as a number of errors. */
  readonly errors: number;
}

/** The verdict on a folder, first. */
export function previewWords(preview: StackPreview): PreviewWords {
  const errors = preview.problems.filter((one) => one.severity === 'error').length;
  if (errors > 0) {
    return {
      title: `${preview.stackName} cannot be added yet`,
      lead: `${count(errors, 'problem')} in its files. Nothing has been started or changed.`,
      errors,
    };
  }
  if (preview.adopts) {
    return {
      title: `${preview.stackName} is already running here`,
      lead: 'Its containers are taken over as they are, without a restart.',
      errors,
    };
  }
  return { title: `${preview.stackName} is ready to run`, lead: 'Nothing has been started or changed yet.', errors };
}

/** What starting it for the first time does, in one line. */
export function startWords(preview: StackPreview): string {
  const made = (resource: string, action: string): number =>
    preview.creates.filter((one) => one.resource === resource && one.action === action).length;
  const parts = [
    [made('image', 'pull'), 'downloads', 'image'],
    [made('image', 'build'), 'builds', 'image'],
    [made('volume', 'create'), 'creates', 'volume'],
    [preview.services.length, 'starts', 'service'],
  ] as const;
  return parts
    .filter(([n]) => n > 0)
    .map(([n, verb, noun]) => `${verb} ${count(n, noun)}`)
    .join(', ');
}
