import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Answer } from '../../bench/servers/sink-answers.ts';
import { answerCall } from '../../bench/servers/sink-operations.ts';
import { createSinkStore } from '../../bench/servers/sink-store.ts';
import { encodeCrc32 } from '../../functions/domain/crc32.ts';

type Request = { key?: string; query?: string; headers?: Record<string, string>; body?: string };

/** A sink that verifies. */
function startSink() {
  const store = createSinkStore();
  const send = (method: string, { key = 'a', query = '', headers = {}, body }: Request): Answer => {
    const received = { text: body, bytes: body?.length ?? 0, crc32: crc32(body ?? '') };
    return answerCall(method, { key, query: new URLSearchParams(query), headers, received }, store);
  };
  return { send, tally: store.tally };
}

/** One with an upload: its parts as S3 wants them named at the end. */
function startUpload() {
  const { send, tally } = startSink();
  const uploadId = /<UploadId>(.*)<\/UploadId>/.exec(send('POST', { query: 'uploads' }).body ?? '')?.[1] ?? '';
  const query = `uploadId=${uploadId}`;
  const part = (number: number, body: string, headers?: Record<string, string>) => {
    const answer = send('PUT', { query: `partNumber=${number}&${query}`, body, headers });
    return `<Part><PartNumber>${number}</PartNumber><ETag>${answer.headers?.etag}</ETag></Part>`;
  };
  const complete = (body: string, headers?: Record<string, string>) => send('POST', { query, body, headers });
  const list = (more = '') => send('GET', { query: `${query}${more}` }).body ?? '';
  return { send, query, part, complete, list, tally };
}

const valuesOf = (xml: string, name: string) =>
  [...xml.matchAll(new RegExp(`<${name}>([^<]*)<`, 'g'))].map(([, value]) => value);

test('a small object can be read again, and its ETag holds as a condition', () => {
  const { send } = startSink();
  const { headers } = send('PUT', { body: 'one', headers: { 'if-none-match': '*', 'x-amz-meta-taskid': 't' } });

  expect(send('GET', {})).toMatchObject({ body: 'one', headers: { ...headers, 'x-amz-meta-taskid': 't' } });
  expect(send('PUT', { body: 'two', headers: { 'if-none-match': '*' } }).status).toBe(412);
  expect(send('PUT', { body: 'two', headers: { 'if-match': headers?.etag ?? '' } }).status).toBeUndefined();
  expect(send('PUT', { body: 'three', headers: { 'if-match': headers?.etag ?? '' } }).status).toBe(412);
});

test('what an object is can be asked, also where its bytes were not kept', () => {
  const { part, complete, send } = startUpload();
  complete(part(1, 'hello'));

  const described = { 'content-length': '5', 'x-amz-checksum-crc32': encodeCrc32(crc32('hello')) };
  expect(send('HEAD', {})).toMatchObject({ headers: { ...described, 'x-amz-checksum-type': 'FULL_OBJECT' } });
  expect(send('GET', {})).toMatchObject({ status: 501, body: expect.stringContaining('has not kept') });
});

test('an object whose bytes are not those of its checksum is refused', () => {
  const { send, tally } = startSink();

  expect(send('PUT', { body: 'one', headers: { 'x-amz-checksum-crc32': 'AAAAAA==' } }).status).toBe(400);
  expect(tally().stored).toEqual([]);
});

test('parts that come in any order, and again, become one object of all their bytes with the CRC32 of the whole', () => {
  const texts = fc.array(fc.string({ unit: 'binary-ascii', minLength: 1 }), { minLength: 1, maxLength: 8 });
  const arrivals = texts.chain((parts) => {
    const numbers = fc.shuffledSubarray([...parts.keys()], { minLength: parts.length });
    return fc.record({ parts: fc.constant(parts), order: numbers, again: fc.subarray([...parts.keys()]) });
  });

  fc.assert(
    fc.property(arrivals, ({ parts, order, again }) => {
      const { part, complete, tally } = startUpload();
      for (const index of again) part(index + 1, 'an earlier version');
      const named = new Map(order.map((index) => [index, part(index + 1, parts[index] ?? '')]));
      const whole = { bytes: parts.join('').length, crc32: encodeCrc32(crc32(parts.join(''))) };

      const answer = complete(
        [...named.keys()]
          .sort((one, other) => one - other)
          .map((index) => named.get(index))
          .join(''),
        {
          'x-amz-checksum-crc32': whole.crc32,
          'x-amz-mp-object-size': String(whole.bytes),
        },
      );

      expect(answer.status).toBeUndefined();
      expect(tally()).toEqual({ stored: [{ key: 'a', ...whole }], openUploads: 0 });
    }),
  );
});

type Parts = { first: string; second: string; stale: string };
const faults: { fault: string; list: (parts: Parts) => string; headers?: Record<string, string>; code: string }[] = [
  { fault: 'a part that never came', list: ({ first }) => first + first.replace('>1<', '>3<'), code: 'InvalidPart' },
  { fault: 'a part that came again since', list: ({ stale, second }) => stale + second, code: 'InvalidPart' },
  { fault: 'parts in another order', list: ({ first, second }) => second + first, code: 'InvalidPartOrder' },
  { fault: 'one part twice', list: ({ first }) => first + first, code: 'InvalidPartOrder' },
  { fault: 'no part', list: () => '', code: 'InvalidPart' },
  {
    fault: 'another size',
    list: ({ first }) => first,
    headers: { 'x-amz-mp-object-size': '9' },
    code: 'InvalidRequest',
  },
  {
    fault: 'another checksum',
    list: ({ first }) => first,
    headers: { 'x-amz-checksum-crc32': 'AAAAAA==' },
    code: 'BadDigest',
  },
];

test.each(faults)('an upload is not completed with $fault, and stays open', ({ list, headers, code }) => {
  const { part, complete, tally } = startUpload();
  const stale = part(1, 'Hello');
  const parts = { stale, first: part(1, 'hello'), second: part(2, 'world') };

  const answer = complete(list(parts), headers);

  expect(answer).toMatchObject({ status: 400, body: expect.stringContaining(`<Code>${code}</Code>`) });
  expect(tally()).toEqual({ stored: [], openUploads: 1 });
});

test('a part whose bytes are not those of its checksum is refused', () => {
  const { send, query } = startUpload();
  const headers = { 'x-amz-checksum-crc32': 'AAAAAA==' };

  expect(send('PUT', { query: `partNumber=1&${query}`, body: 'hello', headers }).status).toBe(400);
});

test('the parts of an upload are listed in their order, with what each holds', () => {
  const { part, list } = startUpload();
  for (const [number, body] of [
    [10, 'a longer one'],
    [2, 'ab'],
  ] as const) {
    part(number, body);
  }

  const listed = list();

  expect(valuesOf(listed, 'PartNumber')).toEqual(['2', '10']);
  expect(valuesOf(listed, 'Size')).toEqual(['2', '12']);
  expect(valuesOf(listed, 'ChecksumCRC32')).toEqual(['ab', 'a longer one'].map((body) => encodeCrc32(crc32(body))));
  expect(valuesOf(listed, 'IsTruncated')).toEqual(['false']);
});

test('a long list of parts comes in pages, and each says where the next one begins', () => {
  const { part, list } = startUpload();
  for (const number of [1, 2, 3, 4, 5]) part(number, 'part');

  const [first, second, third] = ['', '&part-number-marker=2', '&part-number-marker=4'].map((marker) => {
    return list(`&max-parts=2${marker}`);
  });

  expect(valuesOf(first ?? '', 'PartNumber')).toEqual(['1', '2']);
  expect(valuesOf(first ?? '', 'NextPartNumberMarker')).toEqual(['2']);
  expect(valuesOf(second ?? '', 'PartNumber')).toEqual(['3', '4']);
  expect([first, second, third].map((page = '') => valuesOf(page, 'IsTruncated')[0])).toEqual([
    'true',
    'true',
    'false',
  ]);
});

test('no more than a thousand parts are listed at once', () => {
  const { part, list } = startUpload();
  for (let number = 1; number <= 1001; number++) part(number, 'part');

  const listed = list('&max-parts=5000');

  expect(valuesOf(listed, 'PartNumber')).toHaveLength(1000);
  expect(valuesOf(listed, 'NextPartNumberMarker')).toEqual(['1000']);
});

test('an aborted upload is gone', () => {
  const { send, query, tally } = startUpload();

  expect(send('DELETE', { query }).status).toBe(204);
  expect(send('DELETE', { query }).status).toBe(404);
  expect(send('GET', { query }).status).toBe(404);
  expect(tally().openUploads).toBe(0);
});

test('an event is taken, whatever it tells', () => {
  const told = startSink().send('POST', { key: '', headers: { 'x-amz-target': 'AWSEvents.PutEvents' } });

  expect(JSON.parse(told.body ?? '')).toMatchObject({ FailedEntryCount: 0, Entries: [{ EventId: 'bench' }] });
});

test('what the sink does not know is refused by its name', () => {
  const copy = startSink().send('PUT', { key: 'b', headers: { 'x-amz-copy-source': 'a' } });

  expect(copy).toMatchObject({ status: 501, body: expect.stringContaining('PUT /b') });
});
