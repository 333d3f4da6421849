import { once } from 'node:events';
import { connect } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { type LocalApi, startApi } from '../../../local/api/api.ts';
import { runFunction } from '../../../local/lambda/local-function.ts';
import { bundleOf } from '../lambda/bundle-of.ts';

type Options = { invoke?: (event: unknown) => Promise<unknown>; integrationTimeoutMs?: number };

async function apiOver({ invoke = async (event) => event, integrationTimeoutMs }: Options = {}): Promise<LocalApi> {
  const api = await startApi({ port: 0, target: { invoke, close: async () => {} }, integrationTimeoutMs });
  onTestFinished(() => api.close(0));
  return api;
}

const post = (api: LocalApi, body: string | Buffer<ArrayBuffer>, type = 'application/json') =>
  fetch(`${api.url}/callbacks/t`, { method: 'POST', body, headers: { 'content-type': type } });

/** Sends the body's bytes back, as a function that took them from the event sees them. */
const echo = `exports.handler = async ({ body, isBase64Encoded }) => ({
  statusCode: 200,
  headers: { 'content-type': 'application/octet-stream' },
  body: Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8').toString('base64'),
  isBase64Encoded: true,
});`;

test.for([
  ['&, + and percent signs', Buffer.from('{"title":"R&B + %26 = a+b"}'), 'application/json'],
  ['emoji and a byte order mark', Buffer.from('\ufeff{"title":"🎵👩‍🎤"}'), 'application/json; charset=utf-8'],
  ['control characters and line separators', Buffer.from('{"a":"\0\u0001\u2028\r\n"}'), 'text/plain'],
  ['invalid UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0xc3, 0x28, 0x22, 0x7d]), 'application/json'],
  ['a form', Buffer.from('a=1&b=%20+'), 'application/x-www-form-urlencoded'],
  ['4 MiB of text', Buffer.alloc(4 * 1024 * 1024, '{"lyric":"la"} é'), 'application/json'],
  ['4 MiB of bytes', Buffer.alloc(4 * 1024 * 1024, Buffer.from([0, 255, 128])), 'audio/midi'],
] as const)('%s reach the function byte for byte', async ([, body, type]) => {
  const folder = await bundleOf(echo);
  const target = runFunction({ folder, variables: {}, timeoutMs: 30_000, maxEnvironments: 1, onLine: () => {} });
  onTestFinished(target.close);
  const api = await apiOver({ invoke: target.invoke });

  const response = await post(api, body, type);

  expect(Buffer.from(await response.arrayBuffer()).equals(body)).toBe(true);
});

test('the query and the token reach the function decoded', async () => {
  const api = await apiOver();

  const event = await (await fetch(`${api.url}/callbacks/a%2Db?project=x%26y`)).json();

  expect(event).toMatchObject({ pathParameters: { token: 'a-b' }, queryStringParameters: { project: 'x&y' } });
});

test('a path without a route is answered 404 as API Gateway answers it', async () => {
  const api = await apiOver();

  const response = await fetch(`${api.url}/other`);

  expect([response.status, await response.text()]).toEqual([404, '{"message":"Not Found"}']);
});

test('a body over the limit is answered with 413, and the function is not invoked', async () => {
  let invocations = 0;
  const api = await apiOver({ invoke: async () => (invocations += 1) });

  const statuses = [
    (await post(api, Buffer.alloc(10 * 1024 * 1024 + 1, 'x'))).status,
    // API Gateway takes it, and Lambda does not.
    (await post(api, Buffer.alloc(7 * 1024 * 1024, 'x'))).status,
  ];

  expect([statuses, invocations]).toEqual([[413, 413], 0]);
});

test('a function that fails is answered 500 without its reason', async () => {
  const api = await apiOver({ invoke: () => Promise.reject(new Error('secret')) });

  const response = await post(api, '{}');

  expect([response.status, await response.text()]).toEqual([500, '{"message":"Internal Server Error"}']);
});

test('a function that takes too long is answered 503', async () => {
  const api = await apiOver({ invoke: () => new Promise(() => {}), integrationTimeoutMs: 20 });

  const response = await post(api, '{}');

  expect([response.status, await response.text()]).toEqual([503, '{"message":"Service Unavailable"}']);
});

test('what is no HTTP is answered 400, and headers over the cap 431', async () => {
  const api = await apiOver();

  expect(await rawAnswer(api, 'nonsense\r\n\r\n')).toContain('400 Bad Request');
  expect(await rawAnswer(api, `GET / HTTP/1.1\r\nx: ${'a'.repeat(20_000)}\r\n\r\n`)).toContain('431');
});

test('closing lets the requests in progress have their answer', async () => {
  const invoked = Promise.withResolvers<void>();
  const answer = Promise.withResolvers<string>();
  const api = await apiOver({
    invoke: () => {
      invoked.resolve();
      return answer.promise;
    },
  });
  const response = post(api, '{}');
  await invoked.promise;

  const closed = api.close(30_000);
  answer.resolve('done');

  expect(await (await response).text()).toBe('done');
  await closed;
  await expect(post(api, '{}')).rejects.toThrow('fetch failed');
});

test('closing cuts off a client that is still sending when its time limit ends', async () => {
  const api = await apiOver();
  const socket = connect(Number(new URL(api.url).port), '127.0.0.1').on('error', () => {});
  socket.write('POST /callbacks/t HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\n\r\nhalf');
  await once(socket, 'connect');
  const cut = new Promise((resolve) => socket.once('close', resolve));

  await api.close(50);

  await cut;
});

test('a port that is taken is an error of its own', async () => {
  const { port } = new URL((await apiOver()).url);

  const second = startApi({ port: Number(port), target: { invoke: async () => {}, close: async () => {} } });

  await expect(second).rejects.toMatchObject({ code: 'EADDRINUSE' });
});

async function rawAnswer(api: LocalApi, bytes: string): Promise<string> {
  const socket = connect(Number(new URL(api.url).port), '127.0.0.1').setEncoding('utf8');
  socket.end(bytes);
  return (await socket.toArray()).join('');
}
