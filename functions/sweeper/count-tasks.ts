// Counts open tasks by their markers. Counted once an hour, because it lists every marker.
import type { Log, Schedule } from '../ports.ts';

export type CountDeps = { schedule: Pick<Schedule, 'countTasks'>; log: Log };

/** `time`: the scheduled time of this sweep, in whole minutes, so one sweep per hour has it. */
export function isFullHour(time: string | undefined): boolean {
  return new Date(time ?? '').getUTCMinutes() === 0;
}

/** Never throws: the sweep itself is done. */
export async function countTasks({ schedule, log }: CountDeps, { stopping }: { stopping: AbortSignal }): Promise<void> {
  try {
    log('info', 'tasks.open', { count: await schedule.countTasks({ stopping }) });
  } catch (error) {
    log('warn', 'tasks.uncounted', { detail: `${error}` });
  }
}
