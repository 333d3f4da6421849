import { getRecord } from '../../client/read-records.ts';
import { encodeMessage } from '../../functions/domain/message.ts';
import { keySafeTaskId } from '../../functions/domain/object-key.ts';
import { isMediaReady } from '../../functions/domain/task-state.ts';
import { type AddCommand, type CommandWork, helpNote } from '../command.ts';

export const addDismiss: AddCommand = (program, run) => {
  program
    .command('dismiss')
    .description('Ends a task whose missing files you do not want: it is not tried any more, and needs no attention.')
    .argument('<taskId>', 'a task, by its id or the beginning of it')
    .option('--undo', 'tries the task again')
    .addHelpText('after', helpNote('What is stored stays. Exit code 1: there is no such task.'))
    .action((taskId: string, { undo }: { undo?: true }) => run(undo ? undoDismissal(taskId) : dismiss(taskId)));
};

function dismiss(given: string): CommandWork {
  return async ({ bucket, send }) => {
    const record = await getRecord(bucket, given);
    const { taskId, dismissedAt, assets } = record;
    const isComplete = isMediaReady(record) && assets.every(({ state }) => state === 'stored');
    if (isComplete || dismissedAt !== null) {
      const why = isComplete ? 'it is archived, and lacks no file' : 'it is dismissed already';
      return { exitCode: 0, json: { taskId, sent: false }, lines: [`Nothing to do for ${taskId}: ${why}.`] };
    }
    await send(encodeMessage({ type: 'dismiss', task: keySafeTaskId(taskId) }));
    return {
      exitCode: 0,
      json: { taskId, sent: true },
      lines: [`${taskId} is dismissed. To try it again: trackkeeper dismiss --undo ${keySafeTaskId(taskId)}`],
    };
  };
}

function undoDismissal(given: string): CommandWork {
  return async ({ bucket, send }) => {
    const { taskId, dismissedAt } = await getRecord(bucket, given);
    if (dismissedAt === null) {
      return { exitCode: 0, json: { taskId, sent: false }, lines: [`Nothing to do: ${taskId} is not dismissed.`] };
    }
    await send(encodeMessage({ type: 'retry', task: keySafeTaskId(taskId) }));
    return { exitCode: 0, json: { taskId, sent: true }, lines: [`${taskId} is tried again now.`] };
  };
}
