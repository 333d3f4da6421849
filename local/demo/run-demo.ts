// The course of the demo: it requests a song, its video and its WAV; one task fails, one callback is lost and one is
// sent twice. It then reads the result from the bucket.
import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import type { OperationPath } from './operations.ts';
import type { DemoEvidence } from './promises.ts';
import { type DemoOptions, type RunningDemo, startDemo } from './start-demo.ts';

export type DemoResult = { evidence: DemoEvidence; bucketFolder: string; songTaskId: string };

const askWithinMs = 10_000;

const accepted = z.object({ code: z.literal(200), data: z.object({ taskId: z.string() }) });

/** Nothing listens on port 1. */
const nowhere = 'http://127.0.0.1:1/callbacks/lost';

export async function runDemo(options: DemoOptions & { limitMs: number }): Promise<DemoResult> {
  await using demo = await startDemo(options);
  const { provider, bucket, callBackUrl } = demo;
  const until = (missing: () => Promise<readonly string[]>) =>
    waitFor(missing, { limitMs: options.limitMs, everyMs: 50, now: () => performance.now(), pause: sleep });
  async function ask(path: OperationPath, order: Record<string, unknown>): Promise<string> {
    const body = JSON.stringify({ callBackUrl, ...order });
    const response = await fetch(provider.url + path, {
      method: 'POST',
      body,
      signal: AbortSignal.timeout(askWithinMs),
    });
    return accepted.parse(await response.json()).data.taskId;
  }

  const songTaskId = await ask('/api/v1/generate', { prompt: 'paper lanterns', model: 'V4_5' });
  const song = demo.songs.get(songTaskId);
  if (song === undefined) throw new Error('the demo provider composed no song');
  await until(async () => missingCallbacks(demo, songTaskId, 3));

  const ofSong = { taskId: songTaskId, audioId: song.tracks[0].trackId };
  const others = [
    await ask('/api/v1/mp4/generate', ofSong),
    await ask('/api/v1/wav/generate', ofSong),
    await ask('/api/v1/generate/upload-cover', { uploadUrl: 'https://example.com/gone.mp3' }),
  ] as const;
  const [, , failedTaskId] = others;
  const lostTaskId = await ask('/api/v1/wav/generate', { ...ofSong, callBackUrl: nowhere });
  await demo.announceWav(lostTaskId);
  const counts = [[songTaskId, 3] as const, ...others.map((taskId) => [taskId, 1] as const)];
  await until(async () => (await Promise.all(counts.map(([taskId, count]) => unrest(demo, taskId, count)))).flat());

  await until(async () => missingCallbacks(demo, lostTaskId, 1));
  await until(async () => ((await bucket.record(lostTaskId)) ? [] : [`task ${lostTaskId}: it has no record yet`]));
  await demo.retry(lostTaskId);
  await until(() => stillOpen(demo, lostTaskId));
  await until(async () => (await bucket.list('schedule')).map(({ path }) => `${path}: a task at rest is still due`));

  const read = async (key: string) => (await bucket.bytes(key)) ?? Buffer.alloc(0);
  const observe = async () => ({ record: await read(`tasks/${songTaskId}.json`), fetched: provider.fetched.length });
  const before = await observe();
  await provider.resend(songTaskId, 'complete');
  await until(() => unrest(demo, songTaskId, 4));
  const after = await observe();

  const contents = async (prefix: string) =>
    new Map(await Promise.all((await bucket.list(prefix)).map(async ({ path }) => [path, await read(path)] as const)));
  const records = await Promise.all([songTaskId, ...others, lostTaskId].map(bucket.record));
  const evidence: DemoEvidence = {
    deliveries: [...provider.deliveries],
    callbacks: await contents('callbacks'),
    library: await contents('library'),
    records: records.filter((record) => record !== undefined),
    media: [...provider.media.values()],
    song,
    fetched: [...provider.fetched],
    failedTaskId,
    lostTaskId,
    duplicate: { before, after },
  };
  return { evidence, bucketFolder: demo.bucketFolder, songTaskId };
}

export type WaitOptions = {
  limitMs: number;
  everyMs: number;
  now: () => number;
  pause: (ms: number) => Promise<unknown>;
};

/** Waits until nothing is missing; after the limit it throws with what still is. */
export async function waitFor(missing: () => Promise<readonly string[]>, waiting: WaitOptions): Promise<void> {
  const { limitMs, everyMs, now, pause } = waiting;
  const giveUpAt = now() + limitMs;
  for (;;) {
    const left = await missing();
    if (left.length === 0) return;
    if (now() >= giveUpAt) throw new Error(`gave up after ${limitMs / 1000} s: ${left.join('; ')}`);
    await pause(everyMs);
  }
}

function missingCallbacks({ provider }: RunningDemo, taskId: string, count: number): string[] {
  const sent = provider.deliveries.filter((delivery) => delivery.taskId === taskId).length;
  return sent >= count ? [] : [`task ${taskId}: ${count - sent} of ${count} callbacks are still to be delivered`];
}

/** Lists why a task is not finished yet: it is not closed, or some of its callbacks are not processed. */
async function unrest(demo: RunningDemo, taskId: string, count: number): Promise<string[]> {
  const missing = missingCallbacks(demo, taskId, count);
  const dealtWith = demo.dealtWith(taskId);
  if (missing.length === 0 && dealtWith < count)
    missing.push(`task ${taskId}: ${dealtWith} of ${count} callbacks done`);
  return [...missing, ...(await stillOpen(demo, taskId))];
}

async function stillOpen({ bucket }: RunningDemo, taskId: string): Promise<string[]> {
  const record = await bucket.record(taskId);
  const isClosed = record?.status === 'archived' || record?.status === 'failed';
  if (isClosed) return [];
  const open = record?.assets.filter(({ state }) => state === 'open').map(({ kind }) => kind) ?? [];
  return [`task ${taskId}: its record says ${record?.status ?? 'nothing'}, open: ${open.join(', ') || '-'}`];
}
