// A transfer under test, between a host that misbehaves and a bucket in memory.

import { createTransfer } from '../../../functions/archiver/transfer.ts';
import { openAsset } from '../../../functions/domain/asset.ts';
import type { Asset } from '../../../functions/domain/record.ts';
import type { Bucket, Log, OpenSource } from '../../../functions/ports.ts';
import { type InMemoryBucket, inMemoryBucket } from '../../doubles/in-memory-bucket.ts';
import { failureOf, openSourceBench } from '../adapters/source-bench.ts';

export const path = 'library/2026-11/2026-11-20_Iron-Man_2fac5d0e/Iron-Man_8551e0a4';
const job = {
  taskId: 'task-1',
  title: 'Iron Man',
  asset: { ...openAsset({ kind: 'audio', trackId: 'track-1', name: '', sources: [] }), path },
};

type Options = {
  durationSeconds?: number;
  partBytes?: number;
  openSource?: OpenSource;
  /** Calls of the bucket that go otherwise. */
  bucketCalls?: (bucket: InMemoryBucket, passTime: (ms: number) => void) => Partial<Bucket>;
} & Parameters<typeof openSourceBench>[0];

export async function openTransferBench(given: Options = {}) {
  const { partBytes = 1_000, durationSeconds = null, openSource, bucketCalls, ...options } = given;
  const source = await openSourceBench(options);
  const bucket = inMemoryBucket();
  const lines: { event: string; fields: Parameters<Log>[2] }[] = [];
  let now = Date.parse('2026-11-20T12:00:00Z');
  const passTime = (ms: number) => {
    now += ms;
  };
  const run = createTransfer({
    openSource: openSource ?? source.openSource,
    bucket: { ...bucket, ...bucketCalls?.(bucket, passTime) },
    clock: { now: () => new Date(now) },
    log: (_level, event, fields) => lines.push({ event, fields }),
    partBytes,
  });
  const transfer = (urlPath: string, changed: Partial<Asset> = {}, taskId = job.taskId) => {
    const asset = { ...job.asset, ...changed };
    const url = urlPath.startsWith('/') ? source.server.url(urlPath) : urlPath;
    return run({ ...job, durationSeconds, taskId, asset, url }, { signal: new AbortController().signal });
  };

  return {
    server: source.server,
    bucket,
    lines,
    transfer,
    failure: (urlPath: string, changed?: Partial<Asset>) => failureOf(() => transfer(urlPath, changed)),
  };
}
