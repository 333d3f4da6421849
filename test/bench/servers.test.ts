// The source and the sink as processes, over TLS, as the bench starts them.
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import https from 'node:https';
import { buffer } from 'node:stream/consumers';
import { crc32 } from 'node:zlib';
import { expect, onTestFinished, test } from 'vitest';
import { mediaFile } from '../../bench/servers/media-file.ts';
import { startServer } from '../../bench/servers/server-process.ts';
import { caFile } from '../../bench/servers/tls.ts';
import { encodeCrc32 } from '../../functions/domain/crc32.ts';

const ca = readFileSync(caFile);

async function started(...args: Parameters<typeof startServer>) {
  const server = await startServer(...args);
  onTestFinished(server.close);
  return server;
}

async function ask(url: string, { body = '', ...options }: https.RequestOptions & { body?: string | Buffer } = {}) {
  const request = https.request(url, { ca, agent: false, ...options }).end(body);
  const [response] = await once(request, 'response');
  return { status: response.statusCode, headers: response.headers, body: await buffer(response) };
}

test('the source serves a file, its parts, and its parts on condition that it is still the same', async () => {
  const bytes = 5_000_000;
  const url = `https://${(await started('source')).host}/${bytes}/song.wav`;
  const file = Buffer.concat([...mediaFile('wav', bytes).pieces(0, bytes)]);

  const whole = await ask(url);
  const part = await ask(url, { headers: { range: 'bytes=100-4999999', 'if-range': whole.headers.etag } });
  const changed = await ask(url, { headers: { range: 'bytes=100-199', 'if-range': '"other"' } });
  const unknown = await ask(`${url}.exe`);

  expect(whole.status).toBe(200);
  expect(whole.body.equals(file)).toBe(true);
  expect(part.status).toBe(206);
  expect(part.headers['content-range']).toBe('bytes 100-4999999/5000000');
  expect(part.body.equals(file.subarray(100))).toBe(true);
  expect(changed.status).toBe(200);
  expect(unknown.status).toBe(404);
});

test('a limited source is no faster than its limit, on each connection', async () => {
  const url = `https://${(await started('source')).host}/2000000/song.mp3?bytesPerSecond=10000000`;
  const before = performance.now();

  const answers = await Promise.all([ask(url), ask(url)]);

  // 2 MB at 10 MB/s, less a timer's inaccuracy.
  expect(performance.now() - before).toBeGreaterThanOrEqual(190);
  expect(answers.map(({ body }) => body.length)).toEqual([2_000_000, 2_000_000]);
});

test('a limited source is no faster where one connection asks for range after range', async () => {
  const source = await started('source');
  const url = `https://${source.host}/2000000/song.mp3?bytesPerSecond=10000000`;
  const agent = new https.Agent({ ca, keepAlive: true, maxSockets: 1 });
  onTestFinished(() => agent.destroy());
  const before = performance.now();

  for (const from of [0, 500_000, 1_000_000, 1_500_000]) {
    await ask(url, { agent, headers: { range: `bytes=${from}-${from + 499_999}` } });
  }

  expect(performance.now() - before).toBeGreaterThanOrEqual(190);
  expect((await source.tally()).connections).toBe(1);
});

test('the sink counts what it swallows, and forgets it once it was told', async () => {
  const sink = await started('sink', ['--verify']);

  const stored = await ask(`https://${sink.host}/bench/library/a%20b`, {
    method: 'PUT',
    body: Buffer.alloc(3_000_000),
  });
  const first = await sink.tally();
  const second = await sink.tally();

  expect(stored.status).toBe(200);
  expect(first).toMatchObject({ connections: 1, stored: [{ key: 'library/a b', bytes: 3_000_000 }], openUploads: 0 });
  expect(second).toMatchObject({ connections: 0, stored: [] });
});

test('a sink that verifies takes frames apart, and looks at the bytes in them', async () => {
  const sink = await started('sink', ['--verify']);
  const headers = { 'content-encoding': 'aws-chunked', 'x-amz-decoded-content-length': '5' };

  await ask(`https://${sink.host}/bench/a`, { method: 'PUT', headers, body: '5\r\nhello\r\n0\r\n\r\n' });

  expect((await sink.tally()).stored).toEqual([{ key: 'a', bytes: 5, crc32: encodeCrc32(crc32('hello')) }]);
});
