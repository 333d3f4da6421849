// A media host in a process of its own: /<bytes>/<name>.<mp3|wav>, with ranges, and with ?bytesPerSecond=<n> so fast on
// each connection and no faster.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout } from 'node:timers/promises';
import { isFormat, type MediaFile, mediaFile } from './media-file.ts';
import { serveParent } from './serve-parent.ts';
import { tlsOptions } from './tls.ts';

const server = createServer(tlsOptions(), (request, response) => {
  // A client may hang up: that is its own affair, and its own run reports it.
  answer(request, response).catch(() => response.destroy());
});
serveParent(server, () => ({}));

async function answer({ method, url = '/', headers }: IncomingMessage, response: ServerResponse): Promise<void> {
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
    'content-type': `audio/${format === 'mp3' ? 'mpeg' : format}`,
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
  const pieces = rate === null ? file.pieces(from, to) : paced(file, from, to, Number(rate));
  await pipeline(Readable.from(pieces, { highWaterMark: 1 }), response);
}

/** `bytes=from-to` or `bytes=from-`, the end exclusive; undefined for all else, which then gets the whole file. */
function rangeIn(header: string | undefined, bytes: number): [number, number] | undefined {
  const [, first, last] = /^bytes=(\d+)-(\d*)$/.exec(header ?? '') ?? [];
  if (first === undefined || Number(first) >= bytes) return undefined;
  return [Number(first), last ? Math.min(Number(last) + 1, bytes) : bytes];
}

async function* paced(file: MediaFile, from: number, to: number, bytesPerSecond: number): AsyncGenerator<Buffer> {
  const started = performance.now();
  let sent = 0;
  for (const piece of file.pieces(from, to)) {
    yield piece;
    sent += piece.length;
    const aheadMs = (sent / bytesPerSecond) * 1000 - (performance.now() - started);
    if (aheadMs > 0) await setTimeout(aheadMs);
  }
}
