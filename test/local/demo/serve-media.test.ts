import { once } from 'node:events';
import { createServer } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { serveMedia } from '../../../local/demo/serve-media.ts';

const bytes = Buffer.from(Array.from({ length: 1000 }, (_, index) => index % 256));
const media = { path: '/r/x.mp3', kind: 'audio', title: 'Song', bytes } as const;

const cleanups: (() => void)[] = [];
afterEach(() => {
  for (const cleanup of cleanups.splice(0)) cleanup();
});

async function serving({ bytesPerSecond = 0 } = {}) {
  const sent: number[] = [];
  const pauses: number[] = [];
  const pause = async (ms: number) => void pauses.push(ms);
  const server = createServer((request, response) => {
    const flow = { bytesPerSecond, pause, onSent: (count: number) => sent.push(count) };
    serveMedia(request, response, media, flow).catch(() => response.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanups.push(() => server.close());
  const address = server.address();
  const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
  const get = async (headers: Record<string, string> = {}, method = 'GET') => {
    const response = await fetch(url, { headers, method, signal: AbortSignal.timeout(5_000) });
    return { response, body: Buffer.from(await response.arrayBuffer()) };
  };
  return { get, sent, pauses };
}

describe('serveMedia', () => {
  it('sends the whole file with its length and type', async () => {
    const { get, sent } = await serving();

    const { response, body } = await get();

    expect(response.status).toBe(200);
    expect(response.headers.get('content-length')).toBe('1000');
    expect(response.headers.get('content-type')).toBe('audio/mpeg');
    expect(body.equals(bytes)).toBe(true);
    expect(sent).toEqual([1000]);
  });

  it('holds back to the rate, step by step, and reports each', async () => {
    const { get, sent, pauses } = await serving({ bytesPerSecond: 6000 });

    const { body } = await get();

    expect(body.equals(bytes)).toBe(true);
    expect(sent).toEqual([300, 600, 900, 1000]);
    expect(pauses).toEqual([50, 50, 50]);
  });

  it.each([
    ['bytes=0-99', 0, 99],
    ['bytes=990-', 990, 999],
    ['bytes=990-5000', 990, 999],
    ['bytes=999-999', 999, 999],
  ])('sends the part asked for by %s', async (range, start, end) => {
    const { get } = await serving();

    const { response, body } = await get({ range });

    expect(response.status).toBe(206);
    expect(response.headers.get('content-range')).toBe(`bytes ${start}-${end}/1000`);
    expect(body.equals(bytes.subarray(start, end + 1))).toBe(true);
  });

  it('refuses a part beyond the end', async () => {
    const { get } = await serving();

    const { response } = await get({ range: 'bytes=1000-' });

    expect(response.status).toBe(416);
    expect(response.headers.get('content-range')).toBe('bytes */1000');
  });

  it('sends a part of the version asked for, and the whole file instead of a part of another version', async () => {
    const { get } = await serving();
    const etag = (await get()).response.headers.get('etag') ?? '';

    const same = await get({ range: 'bytes=5-9', 'if-range': etag });
    const other = await get({ range: 'bytes=5-9', 'if-range': '"another"' });

    expect(same.response.status).toBe(206);
    expect(other.response.status).toBe(200);
    expect(other.body.equals(bytes)).toBe(true);
  });

  it('answers HEAD with the length and no body', async () => {
    const { get, sent } = await serving();

    const { response, body } = await get({}, 'HEAD');

    expect(response.headers.get('content-length')).toBe('1000');
    expect(body.length).toBe(0);
    expect(sent).toEqual([]);
  });
});
