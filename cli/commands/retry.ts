import { getRecord } from '../../client/read-records.ts';
import { retryTask } from '../../client/retry-task.ts';
import { isLost, storedFile, verifyFiles } from '../../client/verify-file.ts';
import type { AddCommand, CommandWork } from '../command.ts';
import { helpNote } from '../command.ts';

type Given = { damaged?: true };

export const addRetry: AddCommand = (program, run) => {
  program
    .command('retry')
    .description('Tries now what a task lacks: files that failed, are in quarantine or are due later.')
    .argument('<taskId>', 'a task, by its id or the beginning of it')
    .option('--damaged', 'verifies its stored files first and fetches missing or damaged ones again')
    .addHelpText(
      'after',
      helpNote(
        'Sends nothing if the task lacks nothing. With --damaged, a damaged file is replaced once its new copy is complete.',
        'Exit code 1: there is no such task, or a file cannot be read.',
      ),
    )
    .action((taskId: string, { damaged }: Given) => run(retry(taskId, { isVerified: damaged === true })));
};

function retry(taskId: string, { isVerified }: { isVerified: boolean }): CommandWork {
  return async ({ bucket, send }, { now, progress }) => {
    const record = await getRecord(bucket, taskId);
    const at = now().toISOString();
    const stored = record.assets.filter(({ state }) => state === 'stored');
    const files = stored.flatMap((asset) => storedFile(record.taskId, asset) ?? []);
    const faults = isVerified ? await verifyFiles(files, { bucket, progress }) : [];
    const lost = faults.filter(isLost);
    const unreadable = faults.filter((fault) => !isLost(fault));
    const steps = await retryTask(record, send, { at, faults: lost });
    const words =
      steps.length > 0
        ? [`${record.taskId} is tried again now:`, ...steps.map((step) => `  ${step}`)]
        : [`Nothing to do: ${record.taskId} is archived, and lacks no file.`];
    return {
      exitCode: unreadable.length > 0 ? 1 : 0,
      json: { taskId: record.taskId, steps, sent: steps.length > 0, ...(isVerified && { faults }) },
      lines: [...words, ...unreadable.map(({ key, detail }) => `cannot be read, and was left: ${key}: ${detail}`)],
    };
  };
}
