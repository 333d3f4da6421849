import { maxRecordBytes, parseRecord } from '../cli/records/parse-record.ts';
import { forEachConcurrent } from '../functions/domain/concurrency.ts';
import type { TaskRecord } from '../functions/domain/record.ts';
import type { StartProgress } from './progress.ts';
import type { BucketReader, ListedFile } from './target.ts';

/** Enough to hide the latency of S3, far below its request limit. */
const readsAtOnce = 16;

type ReadRecords = {
  bucket: BucketReader;
  progress: StartProgress;
  /** Records last written before this time are skipped. */
  since?: Date;
};

/**
 * Reads every record, in no order, passing on one at a time: they may not fit into memory.
 * @returns the keys of records that this version cannot read
 */
export async function readRecords(
  { bucket, progress, since }: ReadRecords,
  visit: (record: TaskRecord) => void,
): Promise<string[]> {
  const shown = progress('Reading records');
  const unreadable: string[] = [];
  const files = await listRecords(bucket, { since, onListed: shown.update });
  let done = 0;
  await forEachConcurrent(files, readsAtOnce, async ({ key, bytes }) => {
    const isOurs = bytes <= maxRecordBytes;
    const found = isOurs ? await bucket.read(key, maxRecordBytes) : undefined;
    const record = found && parseRecord(found.body.toString());
    if (record !== undefined) visit(record);
    // A record that is gone since the listing was removed by its owner.
    else if (!isOurs || found !== undefined) unreadable.push(key);
    shown.update(++done, files.length);
  });
  shown.end();
  return unreadable.sort();
}

type Listing = { since: Date | undefined; onListed: (count: number) => void };

async function listRecords(bucket: BucketReader, { since, onListed }: Listing): Promise<ListedFile[]> {
  const files: ListedFile[] = [];
  for await (const file of bucket.list('tasks/')) {
    if (file.key.endsWith('.json') && (since === undefined || file.modified >= since)) files.push(file);
    onListed(files.length);
  }
  return files;
}
