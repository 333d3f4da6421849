import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isKept, mayBecomeHead, parseHead, plainLength } from '../../../../functions/adapters/source/response-head.ts';

const headOf = (...lines: string[]) => lines.join('\r\n');

test('takes the usual answer to a range', () => {
  const head = headOf(
    'HTTP/1.1 206 Partial Content',
    'Date: Fri, 20 Nov 2026 10:00:00 GMT',
    'Content-Type: audio/mpeg',
    'Content-Length: 100',
    'Connection: keep-alive',
    'content-range: bytes 0-99/3000',
    'ETag: "a b\xe9"',
    'x-long: \tanything, "at all" \xff',
  );

  expect(parseHead(head)).toEqual({
    statusCode: 206,
    headers: {
      'content-length': '100',
      connection: 'keep-alive',
      'content-range': 'bytes 0-99/3000',
      etag: '"a b\xe9"',
    },
  });
});

test.each([
  ['no reason', 'HTTP/1.1 206'],
  ['an empty reason', 'HTTP/1.1 206 '],
  ['a reason in another language', 'HTTP/1.1 206 Teil'],
])('takes a status with %s', (_which, status) => {
  expect(parseHead(status)?.statusCode).toBe(206);
});

describe('leaves to another parser', () => {
  test.each([
    ['another version of HTTP', headOf('HTTP/1.0 206 OK')],
    ['a newer version of HTTP', headOf('HTTP/2 206')],
    ['a version in lower case', headOf('http/1.1 206 OK')],
    ['a status of two digits', headOf('HTTP/1.1 20 OK')],
    ['a status of four digits', headOf('HTTP/1.1 2066 OK')],
    ['a word ahead of the answer', headOf('HTTP/1.1 103 Early Hints')],
    ['two spaces before the status', headOf('HTTP/1.1  206 OK')],
    ['something else altogether', 'SSH-2.0-OpenSSH_9.6'],
    ['nothing', ''],
    ['a header that continues on the next line', headOf('HTTP/1.1 206 OK', 'X: a', ' b')],
    ['a space before the colon', headOf('HTTP/1.1 206 OK', 'Content-Length : 3')],
    ['a space before the name', headOf('HTTP/1.1 206 OK', ' Content-Length: 3')],
    ['a line without a colon', headOf('HTTP/1.1 206 OK', 'Content-Length')],
    ['a header without a name', headOf('HTTP/1.1 206 OK', ': 3')],
    ['a line feed by itself', headOf('HTTP/1.1 206 OK', 'X: a\nContent-Length: 3')],
    ['a carriage return by itself', headOf('HTTP/1.1 206 OK', 'X: a\rContent-Length: 3')],
    ['a NUL', headOf('HTTP/1.1 206 OK', 'X: a\0')],
    ['two lengths, even if they agree', headOf('HTTP/1.1 206 OK', 'Content-Length: 3', 'content-length: 3')],
    ['two ETags', headOf('HTTP/1.1 206 OK', 'ETag: "a"', 'ETag: "b"')],
  ])('%s', (_what, head) => {
    expect(parseHead(head)).toBeNull();
  });

  test.each([
    ['', null],
    ['Content-Length: 0', 0],
    ['Content-Length: 3000', 3_000],
    ['Content-Length:3000', 3_000],
    ['Content-Length: 007', 7],
    ['Content-Length:  3', null],
    ['Content-Length: 3 ', null],
    ['Content-Length: +3', null],
    ['Content-Length: -3', null],
    ['Content-Length: 3, 3', null],
    ['Content-Length: 0x10', null],
    ['Content-Length: 3e3', null],
    ['Content-Length: 9999999999999999', null],
    ['Transfer-Encoding: chunked', null],
    ['Content-Length: 3\r\nTransfer-Encoding: chunked', null],
    ['Content-Length: 3\r\nTransfer-Encoding: identity', null],
  ])('a body whose length is not plain: %j', (lines, bytes) => {
    const head = parseHead(headOf('HTTP/1.1 200 OK', ...(lines === '' ? [] : [lines])));

    expect(head === null ? null : plainLength(head)).toBe(bytes);
  });
});

test.each([
  ['keep-alive', true],
  ['Keep-Alive', true],
  ['close', false],
  ['Close', false],
  ['keep-alive, close', false],
  ['upgrade', false],
])('a connection that is said to be %j is asked again: %s', (connection, kept) => {
  const head = parseHead(headOf('HTTP/1.1 200 OK', `Connection: ${connection}`));

  expect(head !== null && isKept(head)).toBe(kept);
});

test('knows from the first bytes on what is no head', () => {
  expect(['', 'H', 'HTTP/1.1', 'HTTP/1.1 206 OK\r\nX: a\r'].map(mayBecomeHead)).toEqual([true, true, true, true]);
  expect(['h', 'SSH', 'HTTP/1.0', '\n', 'HTTP/1.1 206 OK\n'].map(mayBecomeHead)).toEqual(Array(5).fill(false));
});

test('never throws, and never takes what it had given up before its end', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string({ unit: 'binary-ascii' }).map((rest) => `HTTP/1.1 206 ${rest}`),
    fc.array(fc.string({ unit: 'binary-ascii', maxLength: 8 })).map((lines) => headOf('HTTP/1.1 206 OK', ...lines)),
  );
  fc.assert(
    fc.property(text, fc.nat(), (head, cut) => {
      const isTaken = parseHead(head) !== null;

      if (isTaken) expect(mayBecomeHead(head.slice(0, cut % (head.length + 1)))).toBe(true);
    }),
  );
});
