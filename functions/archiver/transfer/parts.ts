// Inspects each part of a large file in order and uploads it.
import { crc32 } from 'node:zlib';
import { settleAll } from '../../domain/concurrency.ts';
import { crc32Combine, decodeCrc32, encodeCrc32 } from '../../domain/crc32-combine.ts';
import { TransferError } from '../../domain/errors.ts';
import type { Part, Upload } from '../../ports.ts';
import type { Inspection } from './inspection.ts';

type PartUpload = {
  upload: Upload;
  inspection: Inspection;
  /** Parts that are already in the bucket, starting with the first. */
  arrived: readonly Part[];
  /** The number of parts that the inspection has seen, in this process or an earlier one. */
  checkedParts: number;
  /** Called for each part after its inspection, while it is being uploaded. */
  onChecked: (checkedParts: number) => Promise<void>;
};

/**
 * Uploads one part at a time, so that a crash loses at most one part (P8), and requests the next one only when this
 * one is stored. @returns all parts, including those that had arrived before
 */
export async function storeParts(
  parts: AsyncIterable<Uint8Array>,
  { upload, inspection, arrived, checkedParts, onChecked }: PartUpload,
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

/** The inspected bytes must be the uploaded ones. @throws TransferError `changed` */
export function assertSame(parts: readonly Part[], whole: { bytes: number; crc32: string }): void {
  const bytes = parts.reduce((sum, part) => sum + part.bytes, 0);
  const crc = parts.reduce((before, part) => crc32Combine(before, decodeCrc32(part.crc32), part.bytes), 0);
  if (bytes === whole.bytes && encodeCrc32(crc) === whole.crc32) return;
  throw new TransferError('changed', 'the parts that were uploaded are not the bytes that were looked at');
}
