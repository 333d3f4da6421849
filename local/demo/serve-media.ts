// Serves one file as the provider's file host does: with its length, in ranges on request, and slowly enough to
// watch.

import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import type { DemoMedia } from './song.ts';

export type DemoPause = (ms: number) => Promise<void>;

type Flow = {
  /** Per connection; 0 means no limit. */
  bytesPerSecond: number;
  pause: DemoPause;
  onSent: (sentBytes: number) => void;
};

/** Twenty updates a second look continuous. */
const stepMs = 50;

const contentTypes = { audio: 'audio/mpeg', image: 'image/jpeg', video: 'video/mp4', wav: 'audio/wav' } as const;

async function* drip(bytes: Buffer, { bytesPerSecond, pause, onSent }: Flow): AsyncGenerator<Buffer> {
  const step = bytesPerSecond === 0 ? bytes.length : Math.ceil((bytesPerSecond * stepMs) / 1000);
  for (let start = 0; start < bytes.length; start += step) {
    if (start > 0) await pause(stepMs);
    const piece = bytes.subarray(start, start + step);
    yield piece;
    onSent(start + piece.length);
  }
}

type Span = { start: number; end: number };

/**
 * Parses `bytes=start-end` and `bytes=start-`, the only forms that downloads use; any other header gets the complete
 * file.
 */
function spanAskedFor(range: string | undefined, length: number): Span | 'whole' | 'unsatisfiable' {
  const [, from, to] = /^bytes=(\d+)-(\d*)$/.exec(range ?? '') ?? [];
  if (from === undefined) return 'whole';
  const start = Number(from);
  const end = to === '' || to === undefined ? length - 1 : Math.min(Number(to), length - 1);
  return start <= end ? { start, end } : 'unsatisfiable';
}

export async function serveMedia(request: IncomingMessage, response: ServerResponse, media: DemoMedia, flow: Flow) {
  const length = media.bytes.length;
  const etag = `"${createHash('md5').update(media.bytes).digest('hex')}"`;
  const ifRange = request.headers['if-range'];
  // A range of another version would mix two files, so a changed file is sent completely.
  const span = ifRange === undefined || ifRange === etag ? spanAskedFor(request.headers.range, length) : 'whole';
  if (span === 'unsatisfiable') {
    response.writeHead(416, { 'Content-Range': `bytes */${length}` }).end();
    return;
  }

  const { start, end } = span === 'whole' ? { start: 0, end: length - 1 } : span;
  response.writeHead(span === 'whole' ? 200 : 206, {
    'Content-Type': contentTypes[media.kind],
    'Content-Length': end + 1 - start,
    'Accept-Ranges': 'bytes',
    ETag: etag,
    ...(span === 'whole' ? {} : { 'Content-Range': `bytes ${start}-${end}/${length}` }),
  });
  if (request.method === 'HEAD') {
    response.end();
    return;
  }
  await pipeline(drip(media.bytes.subarray(start, end + 1), flow), response);
}
