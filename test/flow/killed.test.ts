// P8, with the bundle that Lambda runs, and real ends: SIGKILL, and the end of an invocation.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { ListMultipartUploadsCommand, S3Client } from '@aws-sdk/client-s3';
import { expect, onTestFinished, test } from 'vitest';
import { limits } from '../../functions/domain/limits.ts';
import { bigVideo, startVideoHost } from '../doubles/big-video.ts';
import { seeded } from '../doubles/seeded.ts';
import { startInvocations } from './invocations.ts';

const MB = 1_000_000;
const kills = 50;

test(`P8: killed at ${kills} random points of 200 MB, a file is complete, with at most one part downloaded again per kill`, async () => {
  const video = bigVideo(200 * MB);
  const { random } = seeded(20261121);
  // Counts the bytes that the host sends and the requests to S3, so that a kill may hit any kind of step.
  let left = Infinity;
  const countDown = () => {
    if (--left === 0) run.kill();
    return undefined;
  };
  const host = await startVideoHost(video, countDown);
  onTestFinished(host.close);
  const run = await startInvocations(host.url, countDown);

  let killed = 0;
  for (let tries = 0; killed < kills && tries < 2 * kills; tries++) {
    left = 1 + Math.floor(random() * 150);
    const { outcome } = await run.invoke(60_000);
    if (outcome === 'killed') killed++;
    if ((await run.record())?.status === 'archived') break;
  }
  left = Infinity;
  await run.invoke(60_000);

  const record = await run.record();
  expect(record).toMatchObject({ status: 'archived', assets: [{ state: 'stored', bytes: video.bytes }] });
  expect(killed).toBe(kills);
  expect(await sha256Of(createReadStream(run.fileAt(record?.assets[0]?.key ?? '')))).toBe(
    await sha256Of(video.pieces(0, video.bytes)),
  );
  console.log(`fetched ${(host.state.sent / video.bytes).toFixed(2)} times its size, with ${killed} kills`);
  expect(host.state.sent).toBeLessThanOrEqual(video.bytes + kills * limits.partBytes);
  expect(await openUploads(run)).toEqual([]);
}, 120_000);

async function openUploads({ s3Url, bucketName }: { s3Url: string; bucketName: string }): Promise<unknown[]> {
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const s3 = new S3Client({ endpoint: s3Url, region: 'us-east-1', credentials, forcePathStyle: true });
  onTestFinished(() => s3.destroy());
  const { Uploads = [] } = await s3.send(new ListMultipartUploadsCommand({ Bucket: bucketName }));
  return Uploads.map(({ Key }) => Key);
}

async function sha256Of(pieces: AsyncIterable<Buffer> | Iterable<Buffer>): Promise<string> {
  const hash = createHash('sha256');
  for await (const piece of pieces) hash.update(piece);
  return hash.digest('hex');
}
