import { getRecord, readRecords } from '../../client/read-records.ts';
import { hoursBetween } from '../../client/times.ts';
import { deadlineOf } from '../../functions/domain/task-state.ts';
import type { AddCommand, CommandWork } from '../command.ts';
import { createOverview, overviewLines } from '../status/overview.ts';
import { taskLines } from '../status/task-lines.ts';

export const addStatus: AddCommand = (program, run) => {
  program
    .command('status')
    .description('Shows what is open, what is at risk and what failed; or one task in detail.')
    .argument('[taskId]', 'a task, by its id or the beginning of it')
    .addHelpText('after', '\nExit code 1: there is no such task, or a record cannot be read.')
    .action((taskId?: string) => run(taskId === undefined ? overviewStatus : taskStatus(taskId)));
};

const overviewStatus: CommandWork = async ({ bucket }, { now, progress }) => {
  const summary = createOverview(now());
  const unreadable = await readRecords({ bucket, progress }, summary.add);
  const overview = summary.overview();
  return {
    exitCode: unreadable.length > 0 ? 1 : 0,
    json: { ...overview, unreadable },
    lines: overviewLines(overview, unreadable, now()),
  };
};

function taskStatus(taskId: string): CommandWork {
  return async ({ bucket }, { now }) => {
    const record = await getRecord(bucket, taskId);
    const deadline = deadlineOf(record);
    return {
      exitCode: 0,
      json: { record, deadline: deadline.toISOString(), hoursLeft: hoursBetween(now(), deadline) },
      lines: taskLines(record, now()),
    };
  };
}
