import { Option } from 'commander';
import { formatBytes } from '../../terminal/amounts.ts';
import { atOnce } from '../at-once.ts';
import type { AddCommand, Work } from '../command.ts';
import { readRecords } from '../records/read-records.ts';
import { parseSince, type Since } from '../since.ts';
import { type KeptFile, keptFiles } from '../verify/kept-file.ts';
import { type Finding, verifyFile } from '../verify/verify-file.ts';

const filesAtOnce = 4;

export const addVerify: AddCommand = (program, run) => {
  program
    .command('verify')
    .description('Reads every file that is kept once more, and compares it with its record.')
    .addOption(new Option('--since <date>', 'only tasks whose record changed since: 2026-11-20, 36h, 14d'))
    .addHelpText(
      'after',
      '\nSize, CRC32 and, where the record has it, SHA-256. Every byte is downloaded, which AWS charges for outside of ' +
        'its region.\nExit code 1: a file is missing, damaged or cannot be read.',
    )
    .action(({ since }: { since?: string }) => run(verify(since === undefined ? undefined : parseSince(since))));
};

type FoundFault = Finding & Pick<KeptFile, 'taskId' | 'key'>;

function verify(since: Since | undefined): Work {
  return async ({ bucket }, { now, progress }) => {
    const files: KeptFile[] = [];
    const unreadable = await readRecords({ bucket, progress, since: since?.(now()) }, (record) => {
      files.push(...keptFiles(record));
    });
    const shown = progress('Verifying', formatBytes);
    const totalBytes = files.reduce((sum, { bytes }) => sum + bytes, 0);
    let readBytes = 0;
    const faults: FoundFault[] = [];
    await atOnce(files, filesAtOnce, async (file) => {
      const finding = await verifyFile(bucket, file, (bytes) => {
        readBytes += bytes;
        shown.update(readBytes, totalBytes);
      });
      if (finding !== undefined) faults.push({ taskId: file.taskId, key: file.key, ...finding });
    });
    shown.end();
    const sorted = faults.sort((one, other) => one.key.localeCompare(other.key));
    const whole = files.length - faults.length;
    return {
      exitCode: faults.length + unreadable.length > 0 ? 1 : 0,
      json: { files: files.length, whole, bytes: totalBytes, faults: sorted, unreadableRecords: unreadable },
      lines: [
        `${whole} of ${files.length} files are as their records say (${formatBytes(totalBytes)}).`,
        ...sorted.map(({ fault, key, detail }) => `${fault.padEnd(10)}  ${key}: ${detail}`),
        ...unreadable.map((key) => `no record   ${key}: this version cannot read it`),
        ...(faults.length > 0 ? [advice] : []),
      ],
    };
  };
}

const advice =
  'To have a missing or damaged file fetched again while its links live: set its "state" to "open" in the task\'s record ' +
  'under tasks/, then `trackkeeper retry <taskId>`.';
