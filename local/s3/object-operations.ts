import { open } from 'node:fs/promises';
import type { S3Handler, S3Headers } from './call.ts';
import { noSuchKey } from './call.ts';
import { checksumHeaders, keptChecksum } from './checksum.ts';
import { type ByteRange, byteRange, keptHeaders, readVerdict, writeCondition } from './conditions.ts';
import type { DiskLayout } from './disk-layout.ts';
import type { ObjectStore, StoredObject } from './object-store.ts';
import { receiveBody } from './receive-body.ts';

export function objectOperations(layout: DiskLayout, objects: ObjectStore) {
  return {
    async PutObject(call) {
      const { bucket, key } = call;
      const condition = writeCondition(call.headers);
      const headers = keptHeaders(call.headers);
      await objects.assertMayWrite(bucket, key, condition);
      const body = await receiveBody(call, layout.incomingFile());
      const draft = { size: body.size, etag: `"${body.md5}"`, checksum: keptChecksum(body), headers };
      const object = await objects.publish(bucket, key, body.file, draft, condition);
      return { status: 200, headers: { etag: object.etag, ...checksumHeaders(object.checksum) } };
    },

    async HeadObject({ bucket, key, headers }) {
      const object = await objects.find(bucket, key);
      if (!object) throw noSuchKey(key);
      if (readVerdict(headers, object) === 'not-modified') return notModified(object);
      return answerFor(object, headers, byteRange(headers.range, object.size));
    },

    GetObject: ({ bucket, key, headers }) =>
      objects.read(bucket, key, async (object, file) => {
        if (readVerdict(headers, object) === 'not-modified') return notModified(object);
        const range = byteRange(headers.range, object.size);
        const reply = answerFor(object, headers, range);
        if (object.size === 0) return reply;
        // Opened before it is sent, so that the response keeps this version, whatever is published meanwhile.
        const handle = await open(file);
        return { ...reply, body: handle.createReadStream(range) };
      }),

    async DeleteObject({ bucket, key, headers }) {
      await objects.remove(bucket, key, { ifMatch: headers['if-match'] });
      return { status: 204 };
    },
  } as const satisfies Record<string, S3Handler>;
}

function notModified({ etag }: StoredObject) {
  return { status: 304, headers: { etag } };
}

/** Status and headers, the same for GET and HEAD. The checksum covers the complete object, so a range has none. */
function answerFor(object: StoredObject, request: S3Headers, range?: ByteRange) {
  const { start, end } = range ?? { start: 0, end: object.size - 1 };
  const showChecksum = request['x-amz-checksum-mode']?.toUpperCase() === 'ENABLED' && !range;
  return {
    status: range ? 206 : 200,
    headers: {
      ...object.headers,
      etag: object.etag,
      'last-modified': new Date(object.modified).toUTCString(),
      'accept-ranges': 'bytes',
      'content-length': end - start + 1,
      ...(range && { 'content-range': `bytes ${start}-${end}/${object.size}` }),
      ...(showChecksum && checksumHeaders(object.checksum)),
    },
  };
}
