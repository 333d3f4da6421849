import { createReadStream } from 'node:fs';
import { mkdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CommandError } from '../../client/command-error.ts';
import { nameFiles } from '../../client/file-names.ts';
import { getRecord } from '../../client/read-records.ts';
import type { BucketReader } from '../../client/target.ts';
import { formatBytes } from '../../client/terminal.ts';
import { createMeasure, differenceOf, type StoredFile, storedFile } from '../../client/verify-file.ts';
import type { TaskRecord } from '../../functions/domain/record.ts';
import { type AddCommand, type CommandWork, helpNote } from '../command.ts';

export const addExport: AddCommand = (program, run) => {
  program
    .command('export')
    .description('Downloads the stored files of a task into a folder, under readable names, and verifies them.')
    .argument('<taskId>', 'a task, by its id or the beginning of it')
    .argument('<folder>', 'the folder to copy to; created if missing')
    .addHelpText(
      'after',
      helpNote(
        'An identical file that exists already is kept; nothing is overwritten.',
        'Exit code 1: not all files are there.',
      ),
    )
    .action((taskId: string, folder: string) => run(exportTask(taskId, folder)));
};

type Exported = { file: string; key: string; outcome: 'written' | 'kept' | 'refused'; detail?: string };

function exportTask(taskId: string, folder: string): CommandWork {
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

function storedFiles(record: TaskRecord): (StoredFile & { fileName: string })[] {
  const stored = record.assets.filter(({ state }) => state === 'stored');
  return nameFiles(record, stored).flatMap(({ asset, fileName }) => {
    const file = storedFile(record.taskId, asset);
    return file === undefined ? [] : [{ ...file, fileName }];
  });
}

async function makeFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true }).catch((error: Error) => {
    throw new CommandError(`${folder} cannot be made: ${error.message}`, 2);
  });
}

type Download = { bucket: BucketReader; file: StoredFile; path: string; onBytes: (bytes: number) => void };

type Downloaded = { outcome: 'written' | 'kept' } | { outcome: 'refused'; detail: string };

/** Complete and verified under its name, or not there at all; existing files are never overwritten. */
async function download({ bucket, file, path, onBytes }: Download): Promise<Downloaded> {
  const standing = await sizeOf(path);
  if (standing !== undefined) {
    const isSame = standing === file.bytes && (await isWhole(path, file));
    if (isSame) onBytes(file.bytes);
    return isSame ? { outcome: 'kept' } : refused('another file is there: move it away, or choose another folder');
  }
  const chunks = await bucket.open(file.key);
  if (chunks === undefined) return refused(`${file.key} is not in the bucket`);

  // The same name in every run, so that the remains of a crash are overwritten.
  const part = `${path}.part`;
  try {
    const measure = createMeasure(file);
    await writeFile(part, counted(measure.through(chunks), onBytes));
    const difference = differenceOf(file, measure.measured());
    if (difference !== undefined) return refused(`${file.key} is damaged: ${difference}`);
    await rename(part, path);
    return { outcome: 'written' };
  } finally {
    await rm(part, { force: true });
  }
}

async function sizeOf(path: string): Promise<number | undefined> {
  return await stat(path).then(
    ({ size }) => size,
    () => undefined,
  );
}

async function isWhole(path: string, file: StoredFile): Promise<boolean> {
  const measure = createMeasure(file);
  const isRead = await drain(measure.through(createReadStream(path))).catch(() => false);
  return isRead && differenceOf(file, measure.measured()) === undefined;
}

async function drain(chunks: AsyncIterable<Uint8Array>): Promise<true> {
  for await (const _ of chunks);
  return true;
}

const refused = (detail: string) => ({ outcome: 'refused', detail }) as const;

async function* counted(chunks: AsyncIterable<Uint8Array>, onBytes: (bytes: number) => void) {
  for await (const chunk of chunks) {
    onBytes(chunk.length);
    yield chunk;
  }
}
