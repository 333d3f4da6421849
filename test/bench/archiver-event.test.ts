import { expect, test } from 'vitest';
import * as z from 'zod';
import { archiverEvent } from '../../bench/ways/archiver-event.ts';
import { createJob, maxBytes } from '../../bench/ways/job.ts';
import { parseCallback } from '../../functions/domain/callback/parse.ts';
import { limits } from '../../functions/domain/limits.ts';

const message = z.object({ body: z.string() });
const hosts = { source: '127.0.0.1:1', sink: '127.0.0.1:2' };

test.each([
  { bytes: 10_000_000, kind: 'audio' },
  { bytes: 1024 ** 3, kind: 'wav' },
  { bytes: maxBytes, kind: 'video' },
] as const)('the archiver understands a file of $bytes bytes as $kind, and takes one so large', ({ bytes, kind }) => {
  const job = createJob(hosts, bytes, undefined);
  const [record] = archiverEvent(job).Records;

  const parsed = parseCallback(Buffer.from(message.parse(JSON.parse(record?.body ?? '')).body));

  expect(parsed).toMatchObject({
    callback: { taskId: job.id, stage: 'complete', assets: [{ kind, urls: [{ url: job.sourceUrl }] }] },
  });
  expect(bytes).toBeLessThanOrEqual(limits.assetBytes[kind]);
});
