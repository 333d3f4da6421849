import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { formatBytes } from '../../client/amounts.ts';
import { nameFiles } from '../../client/file-names.ts';
import type { TaskRecord } from '../../functions/domain/record.ts';
import type { AddCommand, Work } from '../command.ts';
import { download } from '../export/download.ts';
import { helpNote } from '../help-note.ts';
import { CommandError } from '../outcome.ts';
import { getRecord } from '../records/find-record.ts';
import { type KeptFile, keptFile } from '../verify/kept-file.ts';

export const addExport: AddCommand = (program, run) => {
  program
    .command('export')
    .description('Downloads the stored files of a task into a folder, under readable names, and verifies them.')
    .argument('<taskId>', 'a task, by its id or the beginning of it')
    .argument('<folder>', 'where to; made if it is not there')
    .addHelpText(
      'after',
      helpNote(
        'A file that is there already and is the same stays; nothing is overwritten.',
        'Exit code 1: not all files are there.',
      ),
    )
    .action((taskId: string, folder: string) => run(exportTask(taskId, folder)));
};

type Exported = { file: string; key: string; outcome: 'written' | 'kept' | 'refused'; detail?: string };

function exportTask(taskId: string, folder: string): Work {
  return async ({ bucket }, { progress }) => {
    const record = await getRecord(bucket, taskId);
    const files = storedFiles(record);
    if (files.length === 0) {
      throw new CommandError(`Nothing of ${record.taskId} is stored: trackkeeper status ${record.taskId} says why.`);
    }
    await makeFolder(folder);
    const shown = progress('Downloading', formatBytes);
    const totalBytes = files.reduce((sum, { bytes }) => sum + bytes, 0);
    let done = 0;
    const onBytes = (bytes: number) => {
      done += bytes;
      shown.update(done, totalBytes);
    };
    const exported: Exported[] = [];
    for (const { fileName, ...file } of files) {
      const result = await download({ bucket, file, path: join(folder, fileName), onBytes });
      exported.push({ file: join(folder, fileName), key: file.key, ...result });
    }
    shown.end();
    return {
      exitCode: exported.some(({ outcome }) => outcome === 'refused') ? 1 : 0,
      json: { taskId: record.taskId, files: exported },
      lines: exported.map(({ file, outcome, detail }) => `${outcome.padEnd(8)}  ${file}${detail ? `: ${detail}` : ''}`),
    };
  };
}

function storedFiles(record: TaskRecord): (KeptFile & { fileName: string })[] {
  const stored = record.assets.filter(({ state }) => state === 'stored');
  return nameFiles(record, stored).flatMap(({ asset, fileName }) => {
    const file = keptFile(record.taskId, asset);
    return file === undefined ? [] : [{ ...file, fileName }];
  });
}

async function makeFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true }).catch((error: Error) => {
    throw new CommandError(`${folder} cannot be made: ${error.message}`, 2);
  });
}
