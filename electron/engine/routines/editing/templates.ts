import { defaultRoutine } from '../../../../shared/domain/routine-defaults.ts';
import type { Routine } from '../../../../shared/domain/routine-file.ts';

export interface Template {
  /** Proposed as the routine's name. */
  readonly name: string;
  readonly title: string;
  /** What it does and when one wants it. */
  readonly about: string;
  readonly declaration: Routine;
}

const weekdaysAt = (ready_by: string): Routine['schedule'] => ({ ready_by, days: ['mon', 'tue', 'wed', 'thu', 'fri'] });

/** Routines to begin with. */
export const templates: readonly Template[] = [
  {
    name: 'morning',
    title: 'Morning startup',
    about:
      'What happens in the morning without declaring anything, written down to be changed: Docker, health, the newest commits, configuration, and whatever is down is started. Ready by 08:45 once its schedule is turned on.',
    declaration: { ...defaultRoutine('morning', {}, () => true), schedule: weekdaysAt('08:45') },
  },
  {
    name: 'evening',
    title: 'End of day',
    about:
      'What happens at the end of the day without declaring anything, written down to be changed: open work is committed, the data captured when much of it changed, the day summed up, and the stack stopped.',
    declaration: defaultRoutine('evening', {}, () => true),
  },
  {
    name: 'reset-data',
    title: 'Reset the data',
    about: 'Back to the last golden image. It asks first, and what was there before stays as undo point.',
    declaration: {
      title: 'Reset the data',
      budget: '10m',
      steps: [
        { uses: 'engine' },
        { uses: 'golden.restore', ask: true, with: { image: 'latest' } },
        { uses: 'stack.up' },
        { uses: 'ready' },
      ],
    },
  },
  {
    name: 'switch-branch',
    title: 'Switch branch with its data',
    about:
      'Back to the branch you were on before this one: open work is committed, the data of this branch captured, git switches, and the stack follows what is different there. To have the data of the other branch back, restore the image that was captured there.',
    declaration: {
      title: 'Switch branch with its data',
      budget: '15m',
      steps: [
        { uses: 'git.wip' },
        { uses: 'golden.capture', needs: [], with: { purpose: 'before-switching-branch' } },
        {
          id: 'switch',
          title: 'Switch to the branch before this one',
          run: ['git', 'switch', '-'],
          needs: ['git.wip', 'golden.capture'],
        },
        { uses: 'config.sync', optional: true },
        { uses: 'changes', optional: true },
        { uses: 'stack.up' },
        { uses: 'ready' },
      ],
    },
  },
  {
    name: 'before-migration',
    title: 'Before a risky migration',
    about:
      'A golden image of data that is known to be good: every service is looked at first, and with one that is down nothing is captured. Then it says which migrations are new. Run yours afterwards; one restore takes it back.',
    declaration: {
      title: 'Before a risky migration',
      budget: '15m',
      steps: [
        { uses: 'engine' },
        { uses: 'ready', timeout: '2m' },
        { uses: 'golden.capture', with: { purpose: 'before-migration' } },
        { uses: 'changes', optional: true },
      ],
    },
  },
  {
    name: 'friday-clean-up',
    title: 'Friday clean-up',
    about:
      'Leaves nothing behind over the weekend: open work is committed and pushed, the data captured when it changed, containers and networks removed. Data and images stay.',
    declaration: {
      title: 'Friday clean-up',
      budget: '15m',
      schedule: { at: '17:00', days: ['fri'], skip_on_metered: true },
      steps: [
        { uses: 'git.wip' },
        { uses: 'git.push', optional: true },
        {
          uses: 'golden.capture',
          needs: [],
          if: 'data.changed > 10MiB',
          with: { purpose: 'end-of-week' },
        },
        { uses: 'summary', needs: ['git.wip', 'golden.capture'], optional: true },
        { uses: 'stack.down', needs: ['golden.capture'] },
      ],
    },
  },
  {
    name: 'fresh-start',
    title: 'Fresh start',
    about:
      'When nothing helps: the newest commits and configuration, containers made anew, everything started and waited for. The data stays.',
    declaration: {
      title: 'Fresh start',
      budget: '15m',
      steps: [
        { uses: 'engine' },
        { uses: 'git.fetch', needs: [], optional: true, retries: { times: 2, pause: '5s' } },
        { uses: 'git.pull', optional: true },
        { uses: 'config.sync', needs: ['git.pull'], optional: true },
        { uses: 'stack.down', needs: ['engine', 'config.sync'], ask: true },
        { uses: 'stack.up' },
        { uses: 'ready' },
      ],
    },
  },
];
