import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  codingsIn,
  headAtStart,
  isKept,
  lengthIn,
  mayBecomeHead,
  parseHead,
  parseUncommonHead,
  plainLength,
} from '../../../../functions/adapters/source/response-head.ts';

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

describe('the strict parser leaves to others', () => {
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
  expect(['', 'H', 'HTTP/1.0', 'HTTP/1.1 206 OK\nX: a\r'].map(mayBecomeHead)).toEqual([true, true, true, true]);
  expect(['h', 'SSH', 'HTTP/2', '\n', 'ICY 200'].map(mayBecomeHead)).toEqual(Array(5).fill(false));
});

describe('the tolerant parser reads what browsers and curl read:', () => {
  test.each([
    ['two equal lengths', ['HTTP/1.1 200 OK', 'Content-Length: 5', 'content-length: 5'].join('\r\n')],
    ['a list of equal lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 5, 5'],
    ['a folded line', 'HTTP/1.1 200 OK\r\nX: a\r\n b: c\r\nContent-Length: 5'],
    ['a folded length', 'HTTP/1.1 200 OK\r\nContent-Length:\r\n\t5'],
    ['lines that end with a line feed', 'HTTP/1.1 200 OK\nContent-Length: 5'],
    ['lines that end in both ways', 'HTTP/1.1 200 OK\r\nX: a\nContent-Length: 5'],
    ['a space before the colon', 'HTTP/1.1 200 OK\r\nContent-Length : 5'],
    ['spaces around the length', 'HTTP/1.0 200 OK\r\nContent-Length:  5 '],
    ['HTTP/1.0', 'HTTP/1.0 200 OK\r\nContent-Length: 5'],
    ['no reason', 'HTTP/1.0 200\r\nContent-Length: 5'],
    ['a line without a colon', 'HTTP/1.1 200 OK\r\nWelcome\r\nContent-Length: 5'],
    ['a control character in a field of no interest', 'HTTP/1.1 200 OK\r\nX: \x01\r\nContent-Length: 5'],
    ['an identity of another time', 'HTTP/1.1 200 OK\nTransfer-Encoding: Identity\nContent-Length: 5'],
  ])('%s', (_what, head) => {
    const parsed = parseUncommonHead(head);

    expect(parsed && [parsed.statusCode, plainLength(parsed), isKept(parsed)]).toEqual([200, 5, false]);
  });

  test.each([
    ['two different lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6'],
    ['a list of different lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 5, 6'],
    ['two different ETags', 'HTTP/1.1 200 OK\r\nETag: "a"\r\nETag: "b"'],
    ['a NUL', 'HTTP/1.1 200 OK\r\nX: \0\r\nContent-Length: 5'],
    ['a carriage return within a line', 'HTTP/1.1 200 OK\r\nX: a\rContent-Length: 5'],
    ['HTTP/2', 'HTTP/2 200 OK\r\nContent-Length: 5'],
    ['a word ahead of the answer', 'HTTP/1.1 103 Early Hints\r\nX: a'],
  ])('but not %s', (_what, head) => {
    expect(parseUncommonHead(head)).toBeNull();
  });

  test('chunks count, whatever length is named beside them', () => {
    const parsed = parseUncommonHead('HTTP/1.1 200 OK\nContent-Length: 5\nTransfer-Encoding: Chunked');

    expect(parsed && [plainLength(parsed), lengthIn(parsed.headers)]).toEqual([null, null]);
  });
});

test('a head ends at its first empty line, however its lines end', () => {
  const body = '\r\n\r\nbody';
  for (const end of ['\r\n\r\n', '\n\n', '\n\r\n', '\r\n\n']) {
    const head = `HTTP/1.1 200 OK\r\nContent-Length: 8${end}`;
    expect(headAtStart(Buffer.from(head + body))).toMatchObject({ bytes: head.length, head: { statusCode: 200 } });
  }
});

test('several cookies and digests are kept, whatever parser reads them', () => {
  const lines = ['Set-Cookie: a=1', 'set-cookie: b=2, c', 'x-goog-hash: crc32c=a==', 'x-goog-hash: md5=b=='];
  const headers = { 'set-cookie': ['a=1', 'b=2, c'], 'x-goog-hash': 'crc32c=a==, md5=b==' };

  expect(parseHead(headOf('HTTP/1.1 200 OK', ...lines))?.headers).toEqual(headers);
  expect(parseUncommonHead(headOf('HTTP/1.0 200 OK', ...lines))?.headers).toEqual({ ...headers, connection: 'close' });
});

test('a field that has no say in what the body is may be repeated, as proxies do', () => {
  const lines = ['Server: AmazonS3', 'Server: cloudflare', 'Connection: keep-alive', 'Connection: close'];
  const head = parseHead(headOf('HTTP/1.1 200 OK', ...lines, 'Content-Length: 5'));

  expect(head?.headers.server).toBe('AmazonS3, cloudflare');
  expect(head && [plainLength(head), isKept(head)]).toEqual([5, false]);
});

test.each([
  ['', '', []],
  ['identity', 'chunked', []],
  ['Identity', 'Chunked', []],
  ['aws-chunked', '', []],
  ['UTF-8, binary, none, 7bit, ,', '', []],
  ['GZIP', '', ['gzip']],
  ['x-gzip', '', ['gzip']],
  ['aws-chunked, gzip ,Br', '', ['gzip', 'br']],
  ['deflate', 'gzip, chunked', ['deflate', 'gzip']],
  ['zstd', '', ['zstd']],
  [Array(9).fill('gzip').join(), '', Array(5).fill('gzip')],
])('of Content-Encoding %j and Transfer-Encoding %j the encodings are %j', (content, transfer, codings) => {
  expect(codingsIn({ 'content-encoding': content, 'transfer-encoding': transfer })).toEqual(codings);
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
      if (isTaken) expect(parseUncommonHead(head)?.statusCode).toBe(parseHead(head)?.statusCode);
    }),
  );
});
