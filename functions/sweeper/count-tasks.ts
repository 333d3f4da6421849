// How many tasks are open, by their markers: whatever is open has one. Told once an hour, for that is a list of all of them.
import type { Log, Schedule } from '../ports.ts';

export type CountDeps = { schedule: Pick<Schedule, 'countTasks'>; log: Log };

/** `time`: when the rule was to start this sweep. It names whole minutes, one after another, so each hour has one such. */
export function isFullHour(time: string | undefined): boolean {
  return new Date(time ?? '').getUTCMinutes() === 0;
}

/** Never throws: what was swept is swept. */
export async function countTasks({ schedule, log }: CountDeps, { stopping }: { stopping: AbortSignal }): Promise<void> {
  try {
    log('info', 'tasks.open', { count: await schedule.countTasks({ stopping }) });
  } catch (error) {
    log('warn', 'tasks.uncounted', { detail: `${error}` });
  }
}
