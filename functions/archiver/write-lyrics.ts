import { crc32 } from 'node:zlib';
import { encodeCrc32 } from '../domain/crc32.ts';
import { contentDisposition, sha256 } from '../domain/file-name.ts';
import type { Asset, TaskRecord } from '../domain/record.ts';
import type { Bucket } from '../ports.ts';
import { titleOf } from './plan.ts';

/** A song's words as a text file beside it. Written over: the record says which words are the newest. */
export async function writeLyrics(
  record: TaskRecord,
  asset: Asset,
  { bucket }: { bucket: Pick<Bucket, 'write'> },
): Promise<Asset> {
  const words = record.tracks.find(({ trackId }) => trackId === asset.trackId)?.prompt ?? '';
  const key = `${asset.path}.txt`;
  const contentType = 'text/plain; charset=utf-8';
  const crc = crc32(words);
  await bucket.write(key, words, {
    crc32: crc,
    contentType,
    contentDisposition: contentDisposition(titleOf(record, asset), 'txt'),
    metadata: { taskid: record.taskId, trackid: asset.trackId ?? '' },
  });
  const bytes = Buffer.byteLength(words);
  return { ...asset, bytes, crc32: encodeCrc32(crc), sha256: sha256(words), key, contentType, state: 'stored' };
}
