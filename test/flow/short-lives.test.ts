// P7 and P8 together: a file that takes many short invocations costs neither more memory nor a second download. The
// full proof, of 5 GiB in invocations of 20 s, takes minutes and 10 GiB of disk: BIG_VIDEO_MB=5369
// INVOCATION_MS=20000 npx vitest run test/flow/short-lives.test.ts
import { createReadStream } from 'node:fs';
import { crc32 } from 'node:zlib';
import { expect, onTestFinished, test } from 'vitest';
import { encodeCrc32 } from '../../functions/domain/crc32-combine.ts';
import { bigVideo, startVideoHost } from '../doubles/big-video.ts';
import { startInvocations } from './invocations.ts';

const MB = 1_000_000;
const videoMB = Number(process.env.BIG_VIDEO_MB ?? 400);
const invocationMs = Number(process.env.INVOCATION_MS ?? 1_500);
const maxPeakBytes = 200 * MB;

test(`P8: ${videoMB} MB in invocations of ${invocationMs} ms each are stored completely, and downloaded once`, async () => {
  const video = bigVideo(videoMB * MB);
  const host = await startVideoHost(video);
  onTestFinished(host.close);
  const run = await startInvocations(host.url);

  const peaks: number[] = [];
  while (!(await isClosed())) {
    const invocation = await run.invoke(invocationMs);
    peaks.push(invocation.outcome === 'ended' ? invocation.peakBytes : 0);
    if (peaks.length > 200) throw new Error(`it does not end: ${JSON.stringify(await run.record())}`);
  }

  const record = await run.record();
  const [asset] = record?.assets ?? [];
  expect(record).toMatchObject({ status: 'archived', assets: [{ state: 'stored', bytes: video.bytes, attempts: [] }] });
  const expected = await crc32Of(video.pieces(0, video.bytes));
  expect(asset?.crc32).toBe(expected);
  expect(await crc32Of(createReadStream(run.fileAt(asset?.key ?? ''), { highWaterMark: MB }))).toBe(expected);
  const peak = (Math.max(...peaks) / MB).toFixed(0);
  const fetched = host.state.sent / video.bytes;
  console.log(`${peaks.length} invocations, at most ${peak} MB, fetched ${fetched.toFixed(3)} times its size`);
  expect(peaks.length).toBeGreaterThan(1);
  expect(fetched).toBeLessThanOrEqual(1.05);
  expect(Math.max(...peaks)).toBeLessThanOrEqual(maxPeakBytes);

  async function isClosed(): Promise<boolean> {
    return (await run.record())?.status === 'archived';
  }
}, 900_000);

async function crc32Of(pieces: AsyncIterable<Buffer> | Iterable<Buffer>): Promise<string> {
  let crc = 0;
  for await (const piece of pieces) crc = crc32(piece, crc);
  return encodeCrc32(crc);
}
