// Answers whose head is all that matters. Most leave their body open, so that it shows who waits for it.
import { setTimeout } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { type Asked, type Behaviour, give, hangUp, sendRaw, soundAnswer } from '../range-answer.ts';

export const heads: Readonly<Record<string, Behaviour>> = {
  /**
   * `code`; of several, with commas between them, each in its turn, and the last for good. `retryAfter`: as often as
   * it is there.
   */
  status({ response, query, nth }) {
    const codes = (query.get('code') ?? '').split(',');
    const retryAfter = query.getAll('retryAfter');
    if (retryAfter.length > 0) response.setHeader('retry-after', retryAfter);
    response.writeHead(Number(codes[nth - 1] ?? codes.at(-1))).flushHeaders();
  },
  /** `code`, and `to` where it says where to. */
  redirect: ({ response, query }) => {
    const to = query.get('to');
    response.writeHead(Number(query.get('code') ?? 302), to === null ? {} : { location: to }).flushHeaders();
  },
  /** So many redirects, `n`, the last one to a sound song.mp3. */
  hops({ response, query }) {
    const left = Number(query.get('n'));
    const location = left === 1 ? '/whole/song.mp3' : `?n=${left - 1}`;
    response.writeHead(302, { location }).flushHeaders();
  },

  /** The whole file behind a head that is written byte for byte as `head` says; `chunked` as one chunk. */
  written(asked) {
    const { file, query } = asked;
    const head = Buffer.from(query.get('head') ?? '').toString('latin1');
    const body = Buffer.concat([...file.pieces(0, file.bytes)]);
    const chunk = [Buffer.from(`${body.length.toString(16)}\r\n`), body, Buffer.from('\r\n0\r\n\r\n')];
    sendRaw(asked, head, query.has('chunked') ? Buffer.concat(chunk) : body);
    hangUp(asked);
  },
  /** As `written`, but encoded by gzip, and the connection stays open. */
  'stays-open'(asked) {
    const body = gzipSync(Buffer.concat([...asked.file.pieces(0, asked.file.bytes)]), { level: 0 });
    sendRaw(asked, asked.query.get('head') ?? '', body.subarray(0, -100));
  },
  /** Sends those without its cookie back to where they came from, once with it; `attributes` of the cookie. */
  'cookie-wall'(asked) {
    const { request, response, query } = asked;
    if (request.headers.cookie === 'pass=1; seen=yes') return give(asked, soundAnswer(asked));
    const attributes = query.get('attributes') ?? '';
    const cookies = [`pass=1${attributes}`, 'seen=yes; Path=/; HttpOnly'];
    response.writeHead(302, { location: request.url, 'set-cookie': cookies }).flushHeaders();
    return undefined;
  },

  /** Lets no one in but those who call themselves so, `agent`. */
  'only-for': (asked) =>
    refuseUnless(asked, asked.request.headers['user-agent']?.startsWith(asked.query.get('agent') ?? '')),
  /** Lets no one in who asks for a range. */
  'not-in-ranges': (asked) => refuseUnless(asked, asked.request.headers.range === undefined),

  mute: () => {},
  hangup: ({ request }) => void request.socket.destroy(),
  switch: (asked) =>
    sendRaw(asked, 'HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: other\r\n\r\n'),
  garbage: (asked) => sendRaw(asked, 'SSH-2.0-OpenSSH_9.6\r\n\r\n'),
  'two-lengths': (asked) =>
    sendRaw(asked, 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\n', Buffer.from('abc')),
  'long-head': ({ response, query }) =>
    response.writeHead(200, { 'x-filler': 'x'.repeat(Number(query.get('bytes') ?? 40_000)) }).flushHeaders(),
  /** A head without end, a byte every so many milliseconds, `every`. */
  async 'slow-head'({ request, query }) {
    request.socket.write('HTTP/1.1 200 OK\r\nx-filler: ');
    while (!request.socket.destroyed) {
      request.socket.write('x');
      await setTimeout(Number(query.get('every') ?? 5));
    }
  },
};

function refuseUnless(asked: Asked, isWelcome: boolean | undefined): void | Promise<void> {
  if (isWelcome === true) return give(asked, soundAnswer(asked));
  const retryAfter = asked.query.get('retryAfter');
  if (retryAfter !== null) asked.response.setHeader('retry-after', retryAfter);
  asked.response.writeHead(asked.query.has('code') ? Number(asked.query.get('code')) : 403).flushHeaders();
}
