import { contentDisposition } from '../domain/file-name.ts';
import type { Asset, TaskRecord } from '../domain/record.ts';
import type { Bucket } from '../ports.ts';
import { createChecksum } from './checksum.ts';
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
  const checksum = createChecksum();
  checksum.add(Buffer.from(words));
  await bucket.write(key, words, {
    contentType,
    contentDisposition: contentDisposition(titleOf(record, asset), 'txt'),
    metadata: { taskid: record.taskId, trackid: asset.trackId ?? '' },
  });
  return { ...asset, ...checksum.whole(), key, contentType, state: 'stored' };
}
