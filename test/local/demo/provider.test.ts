import { afterEach, describe, expect, it, vi } from 'vitest';
import * as z from 'zod';
import { demoApiKey, recordInfoPath } from '../../../local/demo/operations.ts';
import { type DemoProvider, isStream, startDemoProvider } from '../../../local/demo/provider.ts';
import { startCallbackReceiver } from './callback-receiver.ts';

const cleanups: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

async function start() {
  const receiver = await startCallbackReceiver();
  let delivered = 0;
  let onDelivery = () => {};
  const provider = await startDemoProvider({
    bytesPerSecond: 0,
    pace: 0,
    onDelivery: () => {
      delivered += 1;
      onDelivery();
    },
  });
  cleanups.push(provider.close, () => receiver[Symbol.asyncDispose]());
  const deliveries = (count: number) =>
    new Promise<void>((resolve) => {
      onDelivery = () => (delivered >= count ? resolve() : undefined);
      onDelivery();
    });
  return { provider, receiver, deliveries };
}

const answer = z.object({ code: z.number(), msg: z.string(), data: z.object({ taskId: z.string() }).nullable() });

async function ask({ url }: DemoProvider, path: string, body: string) {
  const response = await fetch(url + path, { method: 'POST', body, signal: AbortSignal.timeout(5_000) });
  return { status: response.status, ...answer.parse(await response.json()) };
}

const track = z.looseObject({
  id: z.string(),
  audio_url: z.string(),
  stream_audio_url: z.string(),
  source_stream_audio_url: z.string(),
  image_url: z.string(),
  title: z.string(),
  createTime: z.number(),
});
const musicCallback = z.object({
  code: z.number(),
  data: z.object({ callbackType: z.string(), task_id: z.string(), data: z.array(track).length(2) }),
});
const musicIn = (body: Buffer | undefined) => musicCallback.parse(JSON.parse(String(body)));

async function generatedSong() {
  const { provider, receiver, deliveries } = await start();
  const { data } = await ask(provider, '/api/v1/generate', JSON.stringify({ callBackUrl: receiver.url }));
  await deliveries(3);
  const taskId = data?.taskId ?? '';
  const [text, first, complete] = receiver.received.map(({ body }) => musicIn(body));
  return { provider, receiver, taskId, text, first, complete };
}

async function fetchBytes(url: string | undefined): Promise<{ status: number; bytes: Buffer }> {
  const response = await fetch(url ?? '', { signal: AbortSignal.timeout(5_000) });
  return { status: response.status, bytes: Buffer.from(await response.arrayBuffer()) };
}

describe('startDemoProvider', () => {
  it('takes an order for a song and names its task', async () => {
    const { provider, receiver } = await start();

    const accepted = await ask(provider, '/api/v1/generate', JSON.stringify({ callBackUrl: receiver.url }));

    expect(accepted).toMatchObject({ status: 200, code: 200, msg: 'success' });
    expect(accepted.data?.taskId).toMatch(/^[\da-f]{32}$/);
  });

  it.each(['{}', 'not JSON', '{"callBackUrl":"no url"}'])('refuses the order %s in the body of a 200', async (body) => {
    const { provider } = await start();

    const refused = await ask(provider, '/api/v1/generate', body);

    expect(refused).toEqual({ status: 200, code: 422, msg: 'Please enter callBackUrl', data: null });
  });

  it('reports a song in three stages, in order', async () => {
    const { taskId, text, first, complete } = await generatedSong();

    expect([text, first, complete].map((callback) => callback?.data.callbackType)).toEqual([
      'text',
      'first',
      'complete',
    ]);
    expect([text, first, complete].map((callback) => callback?.data.task_id)).toEqual([taskId, taskId, taskId]);
  });

  it('has no audio URL at text, and streams already', async () => {
    const { text } = await generatedSong();

    expect(text?.data.data.map(({ audio_url }) => audio_url)).toEqual(['', '']);
    expect(text?.data.data.every((one) => isStream(new URL(one.stream_audio_url).pathname))).toBe(true);
  });

  it('leaves at first the second track without its audio, its source and its duration', async () => {
    const { first } = await generatedSong();
    const [one, two] = first?.data.data ?? [];

    expect(one?.audio_url).toMatch(/\/r\/[\da-f]{32}\.mp3$/);
    expect(one).toHaveProperty('duration', 8.15);
    expect(two?.audio_url).toBe('');
    expect(Object.keys(two ?? {})).not.toContain('source_audio_url');
    expect(Object.keys(two ?? {})).not.toContain('duration');
    expect(two?.source_stream_audio_url).not.toBe('');
  });

  it('serves at complete what every link of both tracks names', async () => {
    const { provider, complete } = await generatedSong();

    for (const one of complete?.data.data ?? []) {
      for (const url of [one.audio_url, one.source_audio_url, one.image_url, one.source_image_url].map(String)) {
        const media = provider.media.get(new URL(url).pathname.replace('/source', ''));
        expect(await fetchBytes(url)).toEqual({ status: 200, bytes: media?.bytes });
      }
    }
    expect(complete?.data.data.map(({ title }) => title)).toEqual(['Paper Lanterns', 'Lanternes d’été']);
  });

  it('answers a stream URL with nothing, and remembers who asked', async () => {
    const { provider, complete } = await generatedSong();
    const [one] = complete?.data.data ?? [];

    const stream = await fetchBytes(one?.stream_audio_url);
    const pipe = await fetchBytes(one?.source_stream_audio_url);

    expect([stream, pipe]).toEqual([
      { status: 200, bytes: Buffer.alloc(0) },
      { status: 200, bytes: Buffer.alloc(0) },
    ]);
    expect(provider.fetched.filter(isStream)).toEqual([`/stream/${one?.id}`, '/pipe/']);
  });

  it.each([
    ['/api/v1/mp4/generate', 'video_url', /\.mp4$/],
    ['/api/v1/wav/generate', 'audioWavUrl', /\.wav$/],
  ])('tells at %s of one file in one stage', async (path, field, extension) => {
    const { provider, receiver, deliveries } = await start();

    const { data } = await ask(provider, path, JSON.stringify({ callBackUrl: receiver.url }));
    await deliveries(1);

    const callback = JSON.parse(String(receiver.received[0]?.body));
    expect(callback).toEqual({
      code: 200,
      msg: expect.any(String),
      data: { task_id: data?.taskId, [field]: expect.stringMatching(extension) },
    });
    const [media] = provider.media.values();
    expect(await fetchBytes(callback.data[field])).toEqual({ status: 200, bytes: media?.bytes });
  });

  it('fails a cover with 451 and no data', async () => {
    const { provider, receiver, deliveries } = await start();

    const { data } = await ask(
      provider,
      '/api/v1/generate/upload-cover',
      JSON.stringify({ callBackUrl: receiver.url }),
    );
    await deliveries(1);

    expect(JSON.parse(String(receiver.received[0]?.body))).toEqual({
      code: 451,
      msg: 'Unable to download related files',
      data: { callbackType: 'error', task_id: data?.taskId, data: null },
    });
  });

  it('tells whom it could not call back that it has the file, and only who has the key', async () => {
    const { provider, deliveries } = await start();
    const info = async (taskId: string, authorization: string) =>
      (await fetch(`${provider.url}${recordInfoPath}?taskId=${taskId}`, { headers: { authorization } })).json();

    const { data } = await ask(provider, '/api/v1/wav/generate', '{"callBackUrl":"http://127.0.0.1:1/lost"}');
    await deliveries(1);

    const taskId = data?.taskId ?? '';
    const [wav] = provider.media.values();
    await vi.waitFor(async () =>
      expect(await info(taskId, `Bearer ${demoApiKey}`)).toMatchObject({
        code: 200,
        data: { taskId, successFlag: 'CALLBACK_EXCEPTION', response: { audioWavUrl: provider.url + wav?.path } },
      }),
    );
    expect(await info('other', `Bearer ${demoApiKey}`)).toMatchObject({ data: { successFlag: 'PENDING' } });
    expect(await info(taskId, 'Bearer another')).toMatchObject({ code: 401, data: null });
  });

  it('sends a callback once more byte for byte', async () => {
    const { provider, receiver, taskId } = await generatedSong();

    await provider.resend(taskId, 'complete');

    expect(receiver.received).toHaveLength(4);
    expect(receiver.received[3]?.body.equals(receiver.received[2]?.body ?? Buffer.alloc(0))).toBe(true);
    expect(provider.deliveries.map(({ isRepeat }) => isRepeat)).toEqual([false, false, false, true]);
  });

  it('knows no file that it did not make', async () => {
    const { provider } = await start();

    expect(await fetchBytes(`${provider.url}/r/unknown.mp3`)).toMatchObject({ status: 404 });
  });
});
