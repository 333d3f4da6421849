import { crc32 } from 'node:zlib';
import { expect, test } from 'vitest';
import { type Answer, answerCall } from '../../bench/servers/sink-operations.ts';
import { createSinkStore } from '../../bench/servers/sink-store.ts';

type Request = { key?: string; query?: string; headers?: Record<string, string>; body?: string; bytes?: number };

/** A sink that verifies; `bytes` claims a length without there being a body. */
function startSink() {
  const store = createSinkStore();
  const send = (method: string, { key = 'a', query = '', headers = {}, body = '', bytes }: Request): Answer => {
    const received = { text: body, bytes: bytes ?? body.length, crc32: crc32(body) };
    return answerCall(method, { key, query: new URLSearchParams(query), headers, received }, store);
  };
  const start = () => /<UploadId>(.*)<\/UploadId>/.exec(send('POST', { query: 'uploads' }).body ?? '')?.[1] ?? '';
  return { send, start, tally: store.tally };
}

const base64 = (crc: number) => Buffer.from(crc.toString(16).padStart(8, '0'), 'hex').toString('base64');
const partList = (...numbers: number[]) =>
  numbers.map((number) => `<Part><PartNumber>${number}</PartNumber></Part>`).join('');

test('a small object can be read again, and its ETag holds as a condition', () => {
  const { send } = startSink();
  const { headers } = send('PUT', { body: 'one', headers: { 'if-none-match': '*', 'x-amz-meta-taskid': 't' } });

  expect(send('GET', {})).toMatchObject({ body: 'one', headers: { ...headers, 'x-amz-meta-taskid': 't' } });
  expect(send('PUT', { body: 'two', headers: { 'if-none-match': '*' } }).status).toBe(412);
  expect(send('PUT', { body: 'two', headers: { 'if-match': headers?.etag ?? '' } }).status).toBeUndefined();
  expect(send('PUT', { body: 'three', headers: { 'if-match': headers?.etag ?? '' } }).status).toBe(412);
});

test('an upload becomes one object of all its bytes, whose CRC32 is that of the whole', () => {
  const { send, start, tally } = startSink();
  const uploadId = start();
  send('PUT', { query: `partNumber=2&uploadId=${uploadId}`, body: 'world' });
  send('PUT', { query: `partNumber=1&uploadId=${uploadId}`, body: 'hello ' });
  const whole = base64(crc32('hello world'));

  const answer = send('POST', {
    query: `uploadId=${uploadId}`,
    body: partList(1, 2),
    headers: { 'x-amz-checksum-crc32': whole, 'x-amz-mp-object-size': '11' },
  });

  expect(answer.status).toBeUndefined();
  expect(tally()).toEqual({ stored: [{ key: 'a', bytes: 11, crc32: whole }], openUploads: 0 });
});

const faults: { fault: string; body: string; headers: Record<string, string>; code: string }[] = [
  { fault: 'a part that never came', body: partList(1, 2), headers: {}, code: 'InvalidPart' },
  { fault: 'no part', body: '', headers: {}, code: 'InvalidPart' },
  { fault: 'another size', body: partList(1), headers: { 'x-amz-mp-object-size': '9' }, code: 'InvalidRequest' },
  { fault: 'another checksum', body: partList(1), headers: { 'x-amz-checksum-crc32': 'AAAAAA==' }, code: 'BadDigest' },
];

test.each(faults)('an upload is not completed with $fault, and stays open', ({ body, headers, code }) => {
  const { send, start, tally } = startSink();
  const uploadId = start();
  send('PUT', { query: `partNumber=1&uploadId=${uploadId}`, body: 'hello' });

  const answer = send('POST', { query: `uploadId=${uploadId}`, body, headers });

  expect(answer).toMatchObject({ status: 400, body: expect.stringContaining(`<Code>${code}</Code>`) });
  expect(tally()).toEqual({ stored: [], openUploads: 1 });
});

test('a part whose bytes are not those of its checksum is refused', () => {
  const { send, start } = startSink();
  const query = `partNumber=1&uploadId=${start()}`;

  expect(send('PUT', { query, body: 'hello', headers: { 'x-amz-checksum-crc32': 'AAAAAA==' } }).status).toBe(400);
});

test('the parts of an upload are listed in their order', () => {
  const { send, start } = startSink();
  const uploadId = start();
  for (const number of [10, 2]) send('PUT', { query: `partNumber=${number}&uploadId=${uploadId}`, bytes: number });

  const { body = '' } = send('GET', { query: `uploadId=${uploadId}` });

  expect([...body.matchAll(/<Size>(\d+)</g)].map(([, size]) => size)).toEqual(['2', '10']);
});

test('an aborted upload is gone', () => {
  const { send, start, tally } = startSink();
  const query = `uploadId=${start()}`;

  expect(send('DELETE', { query }).status).toBe(204);
  expect(send('DELETE', { query }).status).toBe(404);
  expect(tally().openUploads).toBe(0);
});

test('what the sink does not know is refused by its name', () => {
  const copy = startSink().send('PUT', { key: 'b', headers: { 'x-amz-copy-source': 'a' } });

  expect(copy).toMatchObject({ status: 501, body: expect.stringContaining('PUT /b') });
});
