// A media host in a process of its own: /<bytes>/<name>.<mp3|wav|mp4>, with ranges; ?bytesPerSecond=<n> limits each
// connection.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { Socket } from 'node:net';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout } from 'node:timers/promises';
import { type Format, isFormat, type MediaFile, mediaFile } from './media-file.ts';
import { createPace, type Pace } from './pace.ts';
import { serveParent } from './serve-parent.ts';
import { tlsOptions } from './tls.ts';

const server = createServer(tlsOptions(), (request, response) => {
  // A client may disconnect; its own run reports it.
  answer(request, response).catch(() => response.destroy());
});
serveParent(server, () => ({}));

const contentTypes: Record<Format, string> = { mp3: 'audio/mpeg', wav: 'audio/wav', mp4: 'video/mp4' };

async function answer(
  { method, url = '/', headers, socket }: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { pathname, searchParams } = new URL(url, 'https://source');
  const [, bytesText, format] = /^\/(\d+)\/\w+\.(\w+)$/.exec(pathname) ?? [];
  if (!isFormat(format)) {
    response.writeHead(404).end();
    return;
  }
  const bytes = Number(bytesText);
  const etag = `"${format}-${bytes}"`;
  const isSame = headers['if-range'] === undefined || headers['if-range'] === etag;
  const range = isSame ? rangeIn(headers.range, bytes) : undefined;
  const [from, to] = range ?? [0, bytes];
  response.writeHead(range === undefined ? 200 : 206, {
    'content-type': contentTypes[format],
    'content-length': to - from,
    'accept-ranges': 'bytes',
    etag,
    ...(range !== undefined && { 'content-range': `bytes ${from}-${to - 1}/${bytes}` }),
  });
  if (method === 'HEAD') {
    response.end();
    return;
  }
  const file = mediaFile(format, bytes);
  const rate = searchParams.get('bytesPerSecond');
  const pieces = rate === null ? file.pieces(from, to) : paced(file, from, to, paceOf(socket, Number(rate)));
  await pipeline(Readable.from(pieces, { highWaterMark: 1 }), response);
}

/**
 * Parses `bytes=from-to` and `bytes=from-`, with an exclusive end; undefined for anything else, which gets the
 * complete file.
 */
function rangeIn(header: string | undefined, bytes: number): [number, number] | undefined {
  const [, first, last] = /^bytes=(\d+)-(\d*)$/.exec(header ?? '') ?? [];
  if (first === undefined || Number(first) >= bytes) return undefined;
  return [Number(first), last ? Math.min(Number(last) + 1, bytes) : bytes];
}

/** A connection keeps its speed limit from request to request. */
const paces = new WeakMap<Socket, { bytesPerSecond: number; pace: Pace }>();

function paceOf(socket: Socket, bytesPerSecond: number): Pace {
  const found = paces.get(socket);
  if (found?.bytesPerSecond === bytesPerSecond) return found.pace;
  const pace = createPace(bytesPerSecond, () => performance.now());
  paces.set(socket, { bytesPerSecond, pace });
  return pace;
}

/** A few milliseconds at any requested limit, so that bytes arrive evenly. */
const pacedPieceBytes = 64 * 1024;

async function* paced(file: MediaFile, from: number, to: number, pace: Pace): AsyncGenerator<Buffer> {
  pace.begin();
  for (const piece of file.pieces(from, to, pacedPieceBytes)) {
    const waitMs = pace.wait(piece.length);
    // Delays too short for a timer are added to the next one.
    if (waitMs >= 1) await setTimeout(waitMs);
    yield piece;
  }
}
