import type { OperationView } from '../../shared/contract/operations.ts';
import type { Shape, Tone } from './health.ts';

const looks: Record<OperationView['state'], { readonly tone: Tone; readonly shape: Shape; readonly word: string }> = {
  queued: { tone: 'idle', shape: 'ring', word: 'Waiting' },
  running: { tone: 'healthy', shape: 'half', word: 'Under way' },
  cancelling: { tone: 'idle', shape: 'half', word: 'Cancelling' },
  undoing: { tone: 'idle', shape: 'half', word: 'Being undone' },
  done: { tone: 'healthy', shape: 'disc', word: 'Done' },
  failed: { tone: 'down', shape: 'square', word: 'Failed' },
  cancelled: { tone: 'idle', shape: 'ring', word: 'Cancelled' },
};

export const operationLook = (operation: OperationView): { tone: Tone; shape: Shape; word: string } =>
  looks[operation.state];

/** What changed, or why not, in one line. */
export const resultWords = (operation: OperationView): string =>
  operation.summary ?? operation.error?.message ?? (operation.resumed ? 'Taken up again after a restart' : '');
