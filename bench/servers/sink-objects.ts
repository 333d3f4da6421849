// Objects that are written and read in one request.
import {
  type Answer,
  badDigest,
  type Call,
  checkedCrc32,
  checksumHeader,
  conditionFailed,
  failure,
  isRefused,
  keptHeaders,
} from './sink-answers.ts';
import type { SinkStore } from './sink-store.ts';

export function put(call: Call, store: SinkStore): Answer {
  const { key, headers, received } = call;
  if (isRefused(call, store)) return conditionFailed();
  const crc32 = checkedCrc32(call, received.crc32);
  if (crc32 === 'differs') return badDigest();
  const etag = store.nextEtag();
  store.put(key, { etag, bytes: received.bytes, text: received.text, crc32, headers: keptHeaders(headers) });
  return { headers: { etag, ...checksumHeader(crc32) } };
}

export function head({ key }: Call, store: SinkStore): Answer {
  const object = store.object(key);
  if (object === undefined) return failure(404, 'NoSuchKey', 'There is no such object.');
  const { etag, bytes, crc32, headers } = object;
  const described = { ...headers, etag, 'content-length': String(bytes), 'x-amz-checksum-type': 'FULL_OBJECT' };
  return { headers: { ...described, ...checksumHeader(crc32) } };
}

export function get(call: Call, store: SinkStore): Answer {
  const object = store.object(call.key);
  if (object !== undefined && object.text === undefined) {
    return failure(501, 'NotImplemented', `The bench's sink has not kept the ${object.bytes} bytes of ${call.key}.`);
  }
  const described = head(call, store);
  return object === undefined ? described : { ...described, body: object.text };
}
