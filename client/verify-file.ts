import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { forEachConcurrent } from '../functions/domain/concurrency.ts';
import { encodeCrc32 } from '../functions/domain/crc32-combine.ts';
import { recordKey } from '../functions/domain/object-key.ts';
import type { Asset, TaskRecord } from '../functions/domain/record.ts';
import type { StartProgress } from './progress.ts';
import { maxRecordBytes, parseRecord } from './read-records.ts';
import type { BucketReader } from './target.ts';
import { formatBytes } from './terminal.ts';

/** A stored file with the size and checksums of its record. `sha256`: null if the record has none. */
export type StoredFile = { taskId: string; key: string; bytes: number; crc32: string; sha256: string | null };

type OnBytes = (bytes: number) => void;

export type FileFinding = { fault: 'missing' | 'damaged' | 'unreadable'; detail: string };

/** Reads the file to its end; undefined if it matches its record. */
export async function verifyFile(
  bucket: BucketReader,
  file: StoredFile,
  onBytes: OnBytes,
): Promise<FileFinding | undefined> {
  const finding = await inspect(bucket, file, onBytes);
  if (finding === undefined || finding.fault === 'unreadable') return finding;
  // The archiver may have replaced the file since its record was read: then the new record counts.
  const current = await currentFile(bucket, file);
  if (current === undefined) return finding;
  const isOther = current.crc32 !== file.crc32 || current.bytes !== file.bytes;
  return isOther ? await inspect(bucket, current, () => {}) : finding;
}

/** A closed connection says nothing about the file. */
const tries = 3;

async function inspect(bucket: BucketReader, file: StoredFile, onBytes: OnBytes): Promise<FileFinding | undefined> {
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

export type MeasuredFile = { bytes: number; crc32: string; sha256: string | null };

/** Measures bytes as they pass, without buffering. */
export function createMeasure({ sha256 }: Pick<StoredFile, 'sha256'>) {
  const hash = sha256 === null ? null : createHash('sha256');
  let bytes = 0;
  let crc = 0;
  return {
    async *through(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
      for await (const chunk of chunks) {
        bytes += chunk.length;
        crc = crc32(chunk, crc);
        hash?.update(chunk);
        yield chunk;
      }
    },
    measured: (): MeasuredFile => ({ bytes, crc32: encodeCrc32(crc), sha256: hash?.digest('hex') ?? null }),
  };
}

/** How the file differs from its record, as text; undefined if it does not. */
export function differenceOf(expected: StoredFile, measured: MeasuredFile): string | undefined {
  if (measured.bytes !== expected.bytes) return `${measured.bytes} bytes instead of ${expected.bytes}`;
  if (measured.crc32 !== expected.crc32) return `CRC32 ${measured.crc32} instead of ${expected.crc32}`;
  return measured.sha256 === expected.sha256 ? undefined : 'another SHA-256 than the record has';
}

async function currentFile(bucket: BucketReader, { taskId, key }: StoredFile): Promise<StoredFile | undefined> {
  const found = await bucket.read(recordKey(taskId), maxRecordBytes);
  const record = found && parseRecord(found.body.toString());
  return record && storedFiles(record).find((file) => file.key === key);
}

export function storedFiles({ taskId, assets }: TaskRecord): StoredFile[] {
  return assets.flatMap((asset) => storedFile(taskId, asset) ?? []);
}

/** Undefined if the file is not stored, or is being replaced. */
export function storedFile(taskId: string, asset: Asset): StoredFile | undefined {
  const { state, key, bytes, crc32, sha256 } = asset;
  const isKept = state === 'stored' || state === 'quarantined';
  if (!isKept || key === null || bytes === null || crc32 === null) return undefined;
  return { taskId, key, bytes, crc32, sha256 };
}

const filesAtOnce = 4;

export type FoundFault = FileFinding & Pick<StoredFile, 'taskId' | 'key'>;

type Deps = { bucket: BucketReader; progress: StartProgress };

/** Returns the faults, in the order of the files' keys. */
export async function verifyFiles(files: readonly StoredFile[], { bucket, progress }: Deps): Promise<FoundFault[]> {
  const shown = progress('Verifying', formatBytes);
  const totalBytes = files.reduce((sum, { bytes }) => sum + bytes, 0);
  let readBytes = 0;
  const faults: FoundFault[] = [];
  await forEachConcurrent(files, filesAtOnce, async (file) => {
    const finding = await verifyFile(bucket, file, (bytes) => {
      readBytes += bytes;
      shown.update(readBytes, totalBytes);
    });
    if (finding !== undefined) faults.push({ taskId: file.taskId, key: file.key, ...finding });
  });
  shown.end();
  return faults.sort((one, other) => one.key.localeCompare(other.key));
}

export const isLost = ({ fault }: FileFinding) => fault !== 'unreadable';
