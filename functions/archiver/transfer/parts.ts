// A large file on its way into the bucket: each part is looked at, in order, and uploaded.
import { crc32 } from 'node:zlib';
import { settleAll } from '../../domain/concurrency.ts';
import { decodeCrc32, encodeCrc32 } from '../../domain/crc32.ts';
import { crc32Combine } from '../../domain/crc32-combine.ts';
import { TransferError } from '../../domain/errors.ts';
import type { Part, Upload } from '../../ports.ts';
import type { Inspection } from './inspection.ts';

type Passage = {
  upload: Upload;
  inspection: Inspection;
  /** Those that are in the bucket already, from the first on. */
  arrived: readonly Part[];
  /** The inspection has seen so many parts before, in this process or another. */
  checkedParts: number;
  /** Told of each part as soon as it was looked at, while it is still being uploaded. */
  onChecked: (checkedParts: number) => Promise<void>;
};

/**
 * One part at a time, so that whatever kills this process costs no more than one (P8); and the next one is not asked for
 * before this one is safe. @returns all parts, those that had arrived before included
 */
export async function storeParts(
  parts: AsyncIterable<Uint8Array>,
  { upload, inspection, arrived, checkedParts, onChecked }: Passage,
): Promise<Part[]> {
  const all = [...arrived];
  for await (const bytes of parts) {
    const number = all.length + 1;
    const crc = crc32(bytes);
    const isNew = number > checkedParts;
    if (isNew) inspection.add(bytes, crc);
    const uploading = upload.part(number, bytes, crc);
    await settleAll<unknown>([uploading, isNew && onChecked(number)]);
    all.push(await uploading);
  }
  return all;
}

/** What was looked at must be what was uploaded. @throws TransferError `changed` */
export function assertSame(parts: readonly Part[], whole: { bytes: number; crc32: string }): void {
  const bytes = parts.reduce((sum, part) => sum + part.bytes, 0);
  const crc = parts.reduce((before, part) => crc32Combine(before, decodeCrc32(part.crc32), part.bytes), 0);
  if (bytes === whole.bytes && encodeCrc32(crc) === whole.crc32) return;
  throw new TransferError('changed', 'the parts that were uploaded are not the bytes that were looked at');
}
