import { Option } from 'commander';
import { CommandError } from '../../client/command-error.ts';
import { getRecord, readRecords } from '../../client/read-records.ts';
import { retryTask } from '../../client/retry-task.ts';
import { isSelected, type RetrySelection } from '../../client/select-tasks.ts';
import { isLost, storedFile, verifyFiles } from '../../client/verify-file.ts';
import type { AddCommand, CommandWork } from '../command.ts';
import { helpNote, parseSince, type StartOfPeriod } from '../command.ts';
import { sendRetries } from '../send-retries.ts';

type Given = {
  damaged?: true;
  all?: true;
  open?: true;
  failed?: true;
  since?: string;
  host?: string;
  dryRun?: true;
};

export const addRetry: AddCommand = (program, run) => {
  program
    .command('retry')
    .description('Tries now what a task lacks: files that failed, are in quarantine or are due later.')
    .argument('[taskId]', 'a task, by its id or the beginning of it')
    .option('--damaged', 'verifies its stored files first and fetches missing or damaged ones again')
    .option('--all', 'instead of one task: every task that lacks something')
    .option('--open', 'instead of one task: those that are tried already')
    .option('--failed', 'instead of one task: those that are closed')
    .addOption(new Option('--since <date>', 'of these, those whose record changed since: 2026-11-20, 36h, 14d'))
    .option('--host <host>', 'of these, those with a missing file from this host')
    .option('--dry-run', 'only says how many there are')
    .addHelpText(
      'after',
      helpNote(
        'Sends nothing if the task lacks nothing. With --damaged, a damaged file is replaced once its new copy is complete. ' +
          'A task whose deadline has passed is tried for three more days.',
        'Exit code 1: there is no such task, or a file or a record cannot be read.',
      ),
    )
    .action((taskId: string | undefined, given: Given) => run(workFor(taskId, given)));
};

function workFor(taskId: string | undefined, { damaged, since, host, dryRun, ...given }: Given): CommandWork {
  const chosen = (['all', 'open', 'failed'] as const).filter((name) => given[name]);
  const [states] = chosen;
  if (taskId !== undefined && states !== undefined) {
    throw new CommandError(`Either one task, or --${states}: not both.`, 2);
  }
  if (chosen.length > 1) throw new CommandError(`Either --${chosen.join(' or --')}: not both.`, 2);
  if (states !== undefined) {
    if (damaged) throw new CommandError('--damaged is for one task; `trackkeeper verify` checks all files.', 2);
    const period = since === undefined ? undefined : parseSince(since);
    return retryMany({ states, host }, { since: period, isDryRun: dryRun === true });
  }
  if (taskId === undefined) throw new CommandError('Say which task: retry <taskId>, or --all, --open or --failed.', 2);
  if (since !== undefined || host !== undefined || dryRun) {
    throw new CommandError('--since, --host and --dry-run are for --all, --open and --failed.', 2);
  }
  return retry(taskId, { isVerified: damaged === true });
}

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

function retryMany(
  selection: RetrySelection,
  { since, isDryRun }: { since: StartOfPeriod | undefined; isDryRun: boolean },
): CommandWork {
  return async ({ bucket, send }, { now, progress }) => {
    const tasks: string[] = [];
    const unreadable = await readRecords({ bucket, progress, since: since?.(now()) }, (record) => {
      if (isSelected(record, selection)) tasks.push(record.taskId);
    });
    if (!isDryRun) await sendRetries(tasks, { send, progress });
    const count = tasks.length === 1 ? '1 task' : `${tasks.length} tasks`;
    return {
      exitCode: unreadable.length > 0 ? 1 : 0,
      json: { tasks: tasks.sort(), sent: isDryRun ? 0 : tasks.length, unreadableRecords: unreadable },
      lines: [
        isDryRun ? `${count} would be tried again.` : `${count} ${tasks.length === 1 ? 'is' : 'are'} tried again now.`,
        ...unreadable.map((key) => `no record   ${key}: this version cannot read it`),
      ],
    };
  };
}
