import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { encodeCrc32 } from '../../functions/domain/crc32.ts';
import type { Asset, TaskRecord } from '../../functions/domain/record.ts';

/** A stored file with the size and checksums of its record. `sha256`: null if the record has none. */
export type KeptFile = { taskId: string; key: string; bytes: number; crc32: string; sha256: string | null };
export type Measured = { bytes: number; crc32: string; sha256: string | null };

export function keptFiles({ taskId, assets }: TaskRecord): KeptFile[] {
  return assets.flatMap((asset) => keptFile(taskId, asset) ?? []);
}

/** Undefined if the file is not stored, or is being replaced. */
export function keptFile(taskId: string, asset: Asset): KeptFile | undefined {
  const { state, key, bytes, crc32, sha256 } = asset;
  const isKept = state === 'stored' || state === 'quarantined';
  if (!isKept || key === null || bytes === null || crc32 === null) return undefined;
  return { taskId, key, bytes, crc32, sha256 };
}

/** Measures bytes as they pass, without buffering. */
export function createMeasure({ sha256 }: Pick<KeptFile, 'sha256'>) {
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
    measured: (): Measured => ({ bytes, crc32: encodeCrc32(crc), sha256: hash?.digest('hex') ?? null }),
  };
}

/** How the file differs from its record, as text; undefined if it does not. */
export function differenceOf(expected: KeptFile, measured: Measured): string | undefined {
  if (measured.bytes !== expected.bytes) return `${measured.bytes} bytes instead of ${expected.bytes}`;
  if (measured.crc32 !== expected.crc32) return `CRC32 ${measured.crc32} instead of ${expected.crc32}`;
  return measured.sha256 === expected.sha256 ? undefined : 'another SHA-256 than the record has';
}
