import { Readable } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import type { BucketReader, NotOpened, OpenedRange, RangeRequest } from '../../client/target.ts';
import type { ClaimedFile } from '../../room/library/claimed-file.ts';
import { media } from '../../room/media.ts';
import type { Route } from '../../room/routes.ts';
import { serve } from '../../room/serve.ts';
import { open } from './ask.ts';

const song: ClaimedFile = { state: 'stored', bytes: 1000, contentType: 'audio/mpeg', fileName: 'Iron Man.mp3' };
const whole: Omit<OpenedRange, 'body'> = { bytes: 1000, range: undefined, etag: '"1"', modified: new Date(0) };

type Asking = {
  headers?: Record<string, string>;
  query?: string;
  /** Null: no record claims it. */
  file?: ClaimedFile | null;
  outcomes?: (Partial<OpenedRange> | NotOpened)[];
};

/** `outcomes`: of the bucket, one for each time that it is asked. */
async function asking({ headers = {}, query = '', file = song, outcomes = [{}] }: Asking) {
  const wanted: RangeRequest[] = [];
  const openRange: BucketReader['openRange'] = async (_, each) => {
    wanted.push(each);
    const outcome = outcomes[wanted.length - 1] ?? 'missing';
    return typeof outcome === 'string' ? outcome : { ...whole, body: Readable.from([]), ...outcome };
  };
  const bucket = { openRange, ...notAsked };
  const call = { name: 'k', query: new URLSearchParams(query), headers, signal: new AbortController().signal };
  const answer = await media(call, { bucket, claimed: async () => file ?? undefined });
  return { ...answer, wanted };
}
const never = () => {
  throw new Error('nobody asks for that');
};
const notAsked = { list: never, read: never, open: never };

test('a song is played with the type that its bytes have, and may be kept by the browser of its owner', async () => {
  const { status, headers, wanted } = await asking({});

  expect([status, wanted]).toEqual([200, [{}]]);
  expect(headers).toEqual({
    'content-type': 'audio/mpeg',
    'content-length': 1000,
    'accept-ranges': 'bytes',
    'cache-control': expect.stringMatching(/^private/),
    etag: '"1"',
    'last-modified': 'Thu, 01 Jan 1970 00:00:00 GMT',
  });
});

describe('ranges', () => {
  test('the one that was asked for is asked of the bucket, and nothing else is read', async () => {
    const outcomes = [{ bytes: 10, range: 'bytes 5-14/1000' }];

    const { status, headers, wanted } = await asking({ headers: { range: 'bytes=5-14' }, outcomes });

    expect([status, wanted]).toEqual([206, [{ range: 'bytes=5-14' }]]);
    expect(headers).toMatchObject({ 'content-range': 'bytes 5-14/1000', 'content-length': 10 });
  });

  test.each(['bytes=0-', 'bytes=-500', 'bytes=0-0', 'bytes=999999999999-'])('%s is passed on', async (range) => {
    expect((await asking({ headers: { range } })).wanted).toEqual([{ range }]);
  });

  test.each(['bytes=0-1,5-6', 'items=0-1', 'bytes=a-b', 'bytes=', 'bytes=-', '0-5', 'bytes=0-1\r\nx: y'])(
    '%j is none that is passed on: the whole comes',
    async (range) => {
      expect((await asking({ headers: { range } })).wanted).toEqual([{}]);
    },
  );

  test('one beyond the end is refused, with how long the file is', async () => {
    const { status, headers, body } = await asking({ headers: { range: 'bytes=5000-' }, outcomes: ['out-of-range'] });

    expect([status, headers['content-range'], body]).toEqual([416, 'bytes */1000', undefined]);
  });

  test('a piece comes only of the version that the browser has pieces of, else the whole of the new one', async () => {
    const headers = { range: 'bytes=5-', 'if-range': '"1"' };

    const same = await asking({ headers, outcomes: [{ range: 'bytes 5-999/1000' }] });
    const other = await asking({ headers, outcomes: ['changed', { etag: '"2"' }] });

    expect([same.status, same.wanted]).toEqual([206, [{ range: 'bytes=5-', ifMatch: '"1"' }]]);
    expect([other.status, other.wanted]).toEqual([200, [{ range: 'bytes=5-', ifMatch: '"1"' }, {}]]);
  });

  test.each(['W/"1"', 'Thu, 01 Jan 1970 00:00:00 GMT', 'x'])(
    'what %s is of cannot be told: the whole comes',
    async (ifRange) => {
      expect((await asking({ headers: { range: 'bytes=5-', 'if-range': ifRange } })).wanted).toEqual([{}]);
    },
  );
});

test('what the browser has already is not sent again', async () => {
  const { status, body, wanted } = await asking({ headers: { 'if-none-match': '"1"' }, outcomes: ['not-modified'] });

  expect([status, body, wanted]).toEqual([304, undefined, [{ ifNoneMatch: '"1"' }]]);
});

test.each(['missing', 'changed'] as const)('a file that is %s in the bucket is not there', async (outcome) => {
  expect((await asking({ outcomes: [outcome, outcome] })).status).toBe(404);
});

describe('is only downloaded', () => {
  test.each([
    ['what is in quarantine, whatever it says it is', { ...song, state: 'quarantined' as const }],
    ['what a browser would run', { ...song, contentType: 'text/html' }],
    ['a picture that can hold scripts', { ...song, contentType: 'image/svg+xml' }],
    ['a type that only begins like one of ours', { ...song, contentType: 'audio/mpeg, text/html' }],
    ['what has no type', { ...song, contentType: null }],
  ])('%s', async (_, file) => {
    const { headers } = await asking({ file });

    expect(headers).toMatchObject({
      'content-type': 'application/octet-stream',
      'content-disposition': expect.stringMatching(/^attachment; /),
    });
  });
});

describe('a download has its real title as file name', () => {
  test('in every script', async () => {
    const { headers } = await asking({ query: 'download', file: { ...song, fileName: 'Für Élise 鐵人.mp3' } });

    expect(headers['content-type']).toBe('audio/mpeg');
    expect(headers['content-disposition']).toBe(
      `attachment; filename="F_r _lise __.mp3"; filename*=UTF-8''${encodeURIComponent('Für Élise 鐵人.mp3')}`,
    );
  });

  test('and no title can write a header of its own', async () => {
    const title = fc.string({ unit: 'binary', maxLength: 80 });
    await fc.assert(
      fc.asyncProperty(title, async (text) => {
        const { headers } = await asking({ query: 'download', file: { ...song, fileName: `${text}.mp3` } });

        expect(headers['content-disposition']).toMatch(
          /^attachment; filename="[\x20-\x21\x23-\x5b\x5d-\x7e]+"; filename\*=UTF-8''[\w%.~!*-]+$/,
        );
      }),
    );
  });
});

test('P7: of a video of 500 MB only what the browser takes is read, and nothing once it has left', async () => {
  const bytes = 500_000_000;
  let read = 0;
  const body = new Readable({
    read(size) {
      read += size;
      this.push(Buffer.alloc(size));
    },
  });
  const openRange = async () => ({ ...whole, bytes, range: `bytes 0-${bytes - 1}/${bytes}`, body });
  const deps = { bucket: { openRange, ...notAsked }, claimed: async () => song };
  const route: Route = { method: 'GET', path: /^\/media\/(.+)$/, answer: (call) => media(call, deps) };
  const server = await serve({ port: 0, room: { token: 't', session: 's' }, routes: [route], adviceOn: String });
  onTestFinished(server.close);

  const headers = { cookie: `trackkeeper-${server.port}=s`, range: 'bytes=0-' };
  const answer = await open(server.port, '/media/k', { headers });
  let taken = 0;
  for await (const piece of answer) {
    taken += piece.length;
    if (taken > 1_000_000) break;
  }

  answer.destroy();

  await vi.waitUntil(() => body.destroyed);
  // What lies in the buffers of both sockets.
  expect(read).toBeLessThan(50_000_000);
});

test('what no record claims is not asked for', async () => {
  const { status, wanted } = await asking({ file: null });

  expect([status, wanted]).toEqual([404, []]);
});
