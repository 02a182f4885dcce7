import { Cron } from 'croner';
import type { Schedule } from '../../../../shared/domain/routine-file.ts';
import type { Path } from './places.ts';
import type { Say } from './say.ts';

export interface ScheduleFault {
  /** Below the schedule. */
  readonly path: Path;
  readonly message: string;
  readonly remedy: string;
}

/** What is wrong with a schedule, wherever it comes from; paths are below it. */
export function scheduleFaults(schedule: Schedule): readonly ScheduleFault[] {
  const faults: ScheduleFault[] = [];
  const times = (['at', 'ready_by', 'cron'] as const).filter((key) => schedule[key] !== undefined);
  const [, second] = times;
  if (second !== undefined) {
    faults.push({
      path: [second],
      message: `A schedule has one of at, ready_by and cron, and this one has ${times.join(' and ')}.`,
      remedy: 'Keep one of them.',
    });
  }
  if (times.length === 0 && schedule.on === undefined) {
    faults.push({
      path: [],
      message: 'The schedule does not say when.',
      remedy: 'Add at, ready_by, cron or on.',
    });
  }
  if (schedule.cron === undefined) return faults;
  if (schedule.days !== undefined) {
    faults.push({
      path: ['days'],
      message: 'The cron expression says on which days already.',
      remedy: 'Remove days, or write at in place of cron.',
    });
  }
  const wrong = cronFault(schedule.cron);
  if (wrong !== undefined) {
    faults.push({ path: ['cron'], ...wrong });
  }
  return faults;
}

/** Often enough for anything that belongs to a day, and not so often that one start runs into the next. */
const leastMinutes = 10;

function cronFault(cron: string): Omit<ScheduleFault, 'path'> | undefined {
  const example = 'Write five fields: minute hour day month weekday, such as “30 8 * * mon-fri”.';
  try {
    const job = new Cron(cron, { mode: '5-part', paused: true, timezone: 'UTC' });
    const [first, ...others] = job.nextRuns(20, new Date(Date.UTC(2024, 0, 1)));
    if (first === undefined) return { message: `“${cron}” never comes.`, remedy: 'Check the day and the month.' };
    let before = first.getTime();
    for (const each of others) {
      if (each.getTime() - before < leastMinutes * 60_000) {
        return {
          message: `“${cron}” comes more often than every ${leastMinutes} minutes.`,
          remedy: `Leave at least ${leastMinutes} minutes in between.`,
        };
      }
      before = each.getTime();
    }
    return undefined;
  } catch {
    return { message: `“${cron}” is not a cron expression.`, remedy: example };
  }
}

export function checkSchedule(path: Path, schedule: Schedule, say: Say): void {
  for (const fault of scheduleFaults(schedule)) say([...path, ...fault.path], fault.message, fault.remedy);
}
