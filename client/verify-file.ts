import { maxRecordBytes, parseRecord } from '../cli/records/parse-record.ts';
import { createMeasure, differenceOf, type KeptFile, keptFiles } from '../cli/verify/kept-file.ts';
import { recordKey } from '../functions/domain/object-key.ts';
import type { BucketReader } from './target.ts';

export type Finding = { fault: 'missing' | 'damaged' | 'unreadable'; detail: string };
type OnBytes = (bytes: number) => void;

/** A closed connection says nothing about the file. */
const tries = 3;

/** Reads the file to its end; undefined if it matches its record. */
export async function verifyFile(bucket: BucketReader, file: KeptFile, onBytes: OnBytes): Promise<Finding | undefined> {
  const finding = await look(bucket, file, onBytes);
  if (finding === undefined || finding.fault === 'unreadable') return finding;
  // The archiver may have replaced the file since its record was read: then the new record counts.
  const current = await currentFile(bucket, file);
  if (current === undefined) return finding;
  const isOther = current.crc32 !== file.crc32 || current.bytes !== file.bytes;
  return isOther ? await look(bucket, current, () => {}) : finding;
}

async function look(bucket: BucketReader, file: KeptFile, onBytes: OnBytes): Promise<Finding | undefined> {
  let problem: unknown;
  for (let made = 0; made < tries; made++) {
    const measure = createMeasure(file);
    let seen = 0;
    try {
      const chunks = await bucket.open(file.key);
      if (chunks === undefined) return { fault: 'missing', detail: 'there is no such object' };
      for await (const { length } of measure.through(chunks)) {
        seen += length;
        onBytes(length);
      }
      const difference = differenceOf(file, measure.measured());
      return difference === undefined ? undefined : { fault: 'damaged', detail: difference };
    } catch (error) {
      problem = error;
      onBytes(-seen);
    }
  }
  return { fault: 'unreadable', detail: problem instanceof Error ? problem.message : String(problem) };
}

async function currentFile(bucket: BucketReader, { taskId, key }: KeptFile): Promise<KeptFile | undefined> {
  const found = await bucket.read(recordKey(taskId), maxRecordBytes);
  const record = found && parseRecord(found.body.toString());
  return record && keptFiles(record).find((file) => file.key === key);
}
