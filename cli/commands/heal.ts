import { Option } from 'commander';
import { readRecords } from '../../client/read-records.ts';
import { type HealReason, healReasonOf } from '../../client/select-tasks.ts';
import { type AddCommand, type CommandWork, helpNote, parseSince, type StartOfPeriod } from '../command.ts';
import { sendRetries } from '../send-retries.ts';

type Given = { since?: string; dryRun?: true };

export const addHeal: AddCommand = (program, run) => {
  program
    .command('heal')
    .description('Reads every record and tries again what earlier versions gave up too early.')
    .addOption(new Option('--since <date>', 'only tasks whose record changed since: 2026-11-20, 36h, 14d'))
    .option('--dry-run', 'only says what it would do')
    .addHelpText(
      'after',
      helpNote(
        'Files that a host refused, tracks without audio, tasks without a final callback and suspect files are tried for ' +
          'three days: from their links, from fresh ones if there is an API key, and for songs of Suno from its own host.',
        'If it is interrupted, run it again: tasks that are tried already are skipped.',
        'Exit code 1: a record cannot be read.',
      ),
    )
    .action(({ since, dryRun }: Given) =>
      run(heal({ since: since === undefined ? undefined : parseSince(since), isDryRun: dryRun === true })),
    );
};

function heal({ since, isDryRun }: { since: StartOfPeriod | undefined; isDryRun: boolean }): CommandWork {
  return async ({ bucket, send }, { now, progress }) => {
    const found = new Map<HealReason, string[]>();
    let records = 0;
    const unreadable = await readRecords({ bucket, progress, since: since?.(now()) }, (record) => {
      records++;
      const reason = healReasonOf(record);
      if (reason !== null) found.set(reason, [...(found.get(reason) ?? []), record.taskId]);
    });
    const tasks = [...found.values()].flat();
    if (!isDryRun) await sendRetries(tasks, { send, progress });
    const verb = isDryRun ? 'would be tried again' : 'are tried again for three days';
    return {
      exitCode: unreadable.length > 0 ? 1 : 0,
      json: {
        records,
        tasks: Object.fromEntries(found),
        sent: isDryRun ? 0 : tasks.length,
        unreadableRecords: unreadable,
      },
      lines: [
        `${tasks.length} of ${records} tasks ${verb}${tasks.length > 0 ? ':' : '.'}`,
        ...[...found].map(([reason, ids]) => `${String(ids.length).padStart(7)}  ${reason}`),
        ...unreadable.map((key) => `no record   ${key}: this version cannot read it`),
        ...(tasks.length > 0 && !isDryRun ? ['`trackkeeper status` shows how far they are.'] : []),
      ],
    };
  };
}
