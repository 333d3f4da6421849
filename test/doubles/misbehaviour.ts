// What hosts do with a file, right and wrong, by the first segment of the path: /cut/song.mp3 breaks off in the middle
// of song.mp3. Every answer calls itself audio/mpeg, since what a host says of its bytes is not to be believed.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';

type Asked = {
  request: IncomingMessage;
  response: ServerResponse;
  file: Buffer;
  argument: string;
  query: URLSearchParams;
};
type Behaviour = (asked: Asked) => void;

const half = (file: Buffer) => file.subarray(0, file.length / 2);
const breakOff = ({ response, file }: Asked) => response.write(half(file), () => response.destroy());

export const behaviours: Readonly<Record<string, Behaviour>> = {
  whole: ({ response, file }) => response.setHeader('content-length', file.length).end(file),
  chunked({ response, file }) {
    response.write(half(file));
    response.end(file.subarray(file.length / 2));
  },
  'until-close': ({ request, file }) => raw(request, 'HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n', file),
  partial: ({ response, file }) =>
    response.writeHead(206, { 'content-range': `bytes 0-${file.length - 1}/${file.length}` }).end(file),
  gzip: ({ response, file }) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(file)),
  empty: ({ response }) => response.setHeader('content-length', 0).end(),

  cut(asked) {
    asked.response.setHeader('content-length', asked.file.length);
    breakOff(asked);
  },
  'chunked-cut': breakOff,
  'sends-more': ({ request, file }) =>
    raw(request, `HTTP/1.1 200 OK\r\ncontent-length: ${half(file).length}\r\n\r\n`, file),
  'promises-much': ({ response, argument }) => response.writeHead(200, { 'content-length': argument }).write('ID3'),
  endless: ({ response, file }) => Readable.from(again(file)).pipe(response),

  mute: () => {},
  stall: ({ response, file }) => response.setHeader('content-length', file.length).write(half(file)),
  hangup: ({ request }) => request.socket.destroy(),
  switch: ({ request }) =>
    raw(request, 'HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: other\r\n\r\n'),
  'long-headers': ({ response, file }) => response.writeHead(200, { 'x-filler': 'x'.repeat(40_000) }).end(file),

  // These leave their body open, so that it shows who waits for it.
  status: ({ response, argument }) => response.writeHead(Number(argument)).flushHeaders(),
  redirect: ({ response, argument, query }) =>
    response.writeHead(Number(argument), { location: query.get('to') ?? '' }).flushHeaders(),
  /** So many redirects, the last one to a whole song.mp3. */
  hops({ response, argument }) {
    const location = argument === '1' ? '/whole/song.mp3' : `${Number(argument) - 1}`;
    response.writeHead(302, { location }).flushHeaders();
  },
};

/** What Node's own server would not send. */
function raw({ socket }: IncomingMessage, head: string, body?: Buffer): void {
  socket.write(head);
  if (body !== undefined) socket.end(body);
}

function* again(file: Buffer) {
  for (;;) yield file;
}
