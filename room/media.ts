// Streams a stored file, or the requested range of it, from the bucket to the browser.

import type { BucketReader, RangeRequest } from '../client/target.ts';
import { contentDisposition } from '../functions/domain/file-name.ts';
import { type Call, type RoomResponse, refusal } from './guard.ts';
import type { ClaimedFile } from './library/claimed-file.ts';

/** Types that a browser shows or plays but never executes. All other types are sent as downloads. */
const shownTypes: ReadonlySet<string> = new Set([
  ...['mpeg', 'mp4', 'aac', 'wav', 'flac', 'ogg'].map((type) => `audio/${type}`),
  ...['mp4', 'webm'].map((type) => `video/${type}`),
  ...['jpeg', 'png', 'webp', 'gif'].map((type) => `image/${type}`),
  'text/plain; charset=utf-8',
]);

/** Short, because a file may be replaced under the same name; long enough that scrolling requests each cover once. */
const cacheControl = 'private, max-age=300';

type Deps = { bucket: BucketReader; claimed: (key: string) => Promise<ClaimedFile | undefined> };

export async function media(
  { name: key, query, headers, signal }: Call,
  { bucket, claimed }: Deps,
): Promise<RoomResponse> {
  const file = await claimed(key);
  if (file === undefined) return refusal(404, 'No record claims this file.');

  const wanted = wantedIn(headers);
  const first = await bucket.openRange(key, wanted, signal);
  // If the browser has a part of another version, it gets the complete file.
  const opened = first === 'changed' ? await bucket.openRange(key, {}, signal) : first;
  if (opened === 'missing' || opened === 'changed') return refusal(404, 'This file is not in the bucket any more.');
  if (opened === 'not-modified') return { status: 304, headers: cached(wanted.ifNoneMatch) };
  if (opened === 'out-of-range') {
    return { status: 416, headers: { 'content-range': `bytes */${file.bytes ?? '*'}`, 'content-length': 0 } };
  }

  const { body, bytes, range, etag, modified } = opened;
  const isShown = file.state === 'stored' && shownTypes.has(file.contentType ?? '');
  return {
    status: range === undefined ? 200 : 206,
    headers: {
      ...cached(etag),
      'content-type': isShown ? (file.contentType ?? '') : 'application/octet-stream',
      'content-length': bytes,
      'accept-ranges': 'bytes',
      'last-modified': modified.toUTCString(),
      ...(range !== undefined && { 'content-range': range }),
      ...((query.has('download') || !isShown) && { 'content-disposition': attachment(file.fileName) }),
    },
    body,
  };
}

const cached = (etag = '') => ({ 'cache-control': cacheControl, ...(etag !== '' && { etag }) });

/**
 * A single range is passed on; for several or invalid ranges the complete file is sent, as HTTP allows. S3 does not
 * support `If-Range`.
 */
function wantedIn(headers: Call['headers']): RangeRequest {
  const { range = '', 'if-range': ifRange, 'if-none-match': ifNoneMatch } = headers;
  const isStrong = ifRange === undefined || /^"[^"]*"$/.test(ifRange);
  return {
    ...(ifNoneMatch !== undefined && { ifNoneMatch }),
    ...(isStrong && /^bytes=(\d{1,15}-\d{0,15}|-\d{1,15})$/.test(range) && { range, ifMatch: ifRange }),
  };
}

function attachment(fileName: string): string {
  const dot = fileName.lastIndexOf('.');
  return contentDisposition(fileName.slice(0, dot), fileName.slice(dot + 1), 'attachment');
}
