import { encodeMessage } from '../../../functions/domain/message.ts';
import { taskSegment } from '../../../functions/domain/object-key.ts';
import type { TaskRecord } from '../../../functions/domain/record.ts';
import type { AddCommand, Work } from '../command.ts';
import { getRecord } from '../records/find-record.ts';

export const addRetry: AddCommand = (program, run) => {
  program
    .command('retry')
    .description('Tries now what a task lacks: files that failed, are in quarantine or are due later.')
    .argument('<taskId>', 'a task, by its id or the beginning of it')
    .addHelpText('after', '\nOf a task that lacks nothing, nothing is asked. Exit code 1: there is no such task.')
    .action((taskId: string) => run(retryTask(taskId)));
};

function retryTask(taskId: string): Work {
  return async ({ bucket, send }) => {
    const record = await getRecord(bucket, taskId);
    const steps = stepsFor(record);
    if (steps.length === 0) {
      const lines = [`Nothing to do: ${record.taskId} is archived, and lacks no file.`];
      return { exitCode: 0, json: { taskId: record.taskId, steps, sent: false }, lines };
    }
    await send(encodeMessage({ type: 'retry', task: taskSegment(record.taskId) }));
    return {
      exitCode: 0,
      json: { taskId: record.taskId, steps, sent: true },
      lines: [`${record.taskId} is tried again now:`, ...steps.map((step) => `  ${step}`)],
    };
  };
}

/** What the archiver will do, in words. */
function stepsFor({ status, assets }: TaskRecord): string[] {
  const files = assets
    .filter(({ state }) => state !== 'stored')
    .map(({ kind, name, trackId, state }) => `fetch ${[kind, name || trackId].filter(Boolean).join(' ')} (${state})`);
  const isComplete = status === 'archived' || (status === 'failed' && files.length > 0);
  return isComplete ? files : [...files, 'ask the provider what became of the task, if there is an API key'];
}
