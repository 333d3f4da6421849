import { Option } from 'commander';
import { readRecords } from '../../client/read-records.ts';
import { formatBytes } from '../../client/terminal.ts';
import { type FoundFault, isLost, type StoredFile, storedFiles, verifyFiles } from '../../client/verify-file.ts';
import { keySafeTaskId } from '../../functions/domain/object-key.ts';
import type { TaskRecord } from '../../functions/domain/record.ts';
import type { AddCommand, CommandWork } from '../command.ts';
import { helpNote, parseSince, type StartOfPeriod } from '../command.ts';

export const addVerify: AddCommand = (program, run) => {
  program
    .command('verify')
    .description('Reads every stored file and compares it with its record.')
    .addOption(new Option('--since <date>', 'only tasks whose record changed since: 2026-11-20, 36h, 14d'))
    .addHelpText(
      'after',
      helpNote(
        'Compares size, CRC32 and, if the record has it, SHA-256. Every byte is downloaded, which AWS charges for outside of ' +
          'its region.',
        'Exit code 1: a file is missing, damaged or cannot be read.',
      ),
    )
    .action(({ since }: { since?: string }) => run(verify(since === undefined ? undefined : parseSince(since))));
};

function verify(since: StartOfPeriod | undefined): CommandWork {
  return async ({ bucket }, { now, progress }) => {
    const files: StoredFile[] = [];
    const suspect: string[] = [];
    const unreadable = await readRecords({ bucket, progress, since: since?.(now()) }, (record) => {
      files.push(...storedFiles(record));
      suspect.push(...suspectLines(record));
    });
    const faults = await verifyFiles(files, { bucket, progress });
    const totalBytes = files.reduce((sum, { bytes }) => sum + bytes, 0);
    const whole = files.length - faults.length;
    return {
      exitCode: faults.length + unreadable.length > 0 ? 1 : 0,
      json: { files: files.length, whole, bytes: totalBytes, faults, suspect, unreadableRecords: unreadable },
      lines: [
        `${whole} of ${files.length} files are as their records say (${formatBytes(totalBytes)}).`,
        ...faults.map(({ fault, key, detail }) => `${fault.padEnd(10)}  ${key}: ${detail}`),
        ...unreadable.map((key) => `no record   ${key}: this version cannot read it`),
        ...suspect.sort(),
        ...adviceOn(faults),
      ],
    };
  };
}

/** Complete files that are not as promised: no fault of the storage, but worth a listen. */
function suspectLines({ assets }: TaskRecord): string[] {
  return assets.flatMap(({ key, suspect }) =>
    suspect === null ? [] : [`${'suspect'.padEnd(10)}  ${key}: ${suspect}`],
  );
}

/** Uses the key-safe form of the task id: people paste it into a shell. */
function adviceOn(faults: readonly FoundFault[]): string[] {
  const tasks = new Set(faults.filter(isLost).map(({ taskId }) => keySafeTaskId(taskId)));
  if (tasks.size === 0) return [];
  return [
    'To fetch missing or damaged files again, as long as their links work, run:',
    ...[...tasks].sort().map((task) => `  trackkeeper retry ${task} --damaged`),
  ];
}
