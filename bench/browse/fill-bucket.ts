// Fills a bucket with records as the archiver writes them. For measuring only: their files do not exist.
import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { forEachConcurrent } from '../../functions/domain/concurrency.ts';
import { recordKey } from '../../functions/domain/object-key.ts';
import { type Asset, noInquiry, type TaskRecord } from '../../functions/domain/record.ts';
import { openAsset } from '../../functions/domain/reopen.ts';

const writesAtOnce = 16;
const newest = Date.parse('2026-11-20T18:00:00Z');
const words = 'iron river night summer glass ghost neon paper velvet thunder quiet golden'.split(' ');
/** A song's lyrics are 1 to 3 KB. */
const linesOfLyrics = 40;

/** Task `index` was first seen `index` quarters of an hour ago: ten thousand are a hundred days. */
export async function fillBucket(client: S3Client, bucketName: string, count: number): Promise<void> {
  // Oldest first, so that the newest record is the last one written.
  await forEachConcurrent(
    Array.from({ length: count }, (_, index) => count - 1 - index),
    writesAtOnce,
    async (index) => {
      const record = recordOf(index);
      const Body = JSON.stringify(record);
      await client.send(new PutObjectCommand({ Bucket: bucketName, Key: recordKey(record.taskId), Body }));
    },
  );
}

function recordOf(index: number): TaskRecord {
  const at = new Date(newest - index * 15 * 60_000).toISOString();
  // Spread over all keys, as a provider's ids are.
  const taskId = `${((index * 2_654_435_761) % 2 ** 32).toString(16).padStart(8, '0')}${String(index).padStart(24, '0')}`;
  const title = `${word(index)} ${word(index * 5 + 1)} ${index}`;
  const folder = `library/${at.slice(0, 7)}/${at.slice(0, 10)}_${title.replaceAll(' ', '-')}_${taskId.slice(0, 8)}`;
  const trackIds = [`${taskId}-a`, `${taskId}-b`];
  const lyrics = Array.from(
    { length: linesOfLyrics },
    (_, line) => `${word(index + line)} ${word(index * line)} in the ${word(line)}`,
  );
  const track = {
    stage: 'complete',
    seenAt: at,
    title,
    tags: `rock, ${word(index)}, female voice`,
    model: 'V5',
  } as const;
  return {
    schemaVersion: 1,
    provider: 'kie.ai',
    taskId,
    kind: index % 10 === 0 ? 'video' : 'music',
    status: index % 50 === 0 ? 'failed' : 'archived',
    firstSeenAt: at,
    folder,
    labels: { project: word(index) },
    stages: [{ stage: 'complete', code: 200, at }],
    failure:
      index % 50 === 0 ? { code: 501, outcome: 'generation_failed', msg: 'It failed.', advice: 'Try again.' } : null,
    tracks: trackIds.map((trackId) => ({
      ...track,
      trackId,
      prompt: lyrics.join('\n'),
      durationSeconds: 180,
      createTime: null,
    })),
    assets: trackIds.flatMap((trackId) =>
      (['audio', 'image', 'lyrics'] as const).map((kind) => storedAsset(kind, trackId, `${folder}/${trackId}`, at)),
    ),
    omitted: null,
    absent: [],
    missing: [],
    dismissedAt: null,
    extendedTo: null,
    dueAt: null,
    inquiry: noInquiry,
    unconfirmed: null,
    announced: [],
    claim: null,
  };
}

function storedAsset(kind: 'audio' | 'image' | 'lyrics', trackId: string, path: string, at: string): Asset {
  const extension = { audio: 'mp3', image: 'jpeg', lyrics: 'txt' }[kind];
  const url = `https://cdn.example.com/${trackId}.${extension}`;
  const sources = [{ url, field: `${kind}_url`, stage: 'complete', confirmed: false } as const];
  return {
    ...openAsset({ kind, trackId, name: '', sources }),
    path,
    key: `${path}.${extension}`,
    state: 'stored',
    bytes: 4_763_210,
    crc32: '4EVIng==',
    contentType: 'audio/mpeg',
    deadline: at,
  };
}

const word = (index: number) => words[index % words.length] ?? '';
