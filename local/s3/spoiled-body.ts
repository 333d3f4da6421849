// Bodies that arrive damaged: for faults that tests request.

import { Readable } from 'node:stream';
import { AwsError } from '../aws-error.ts';
import type { Call } from './call.ts';

/** Sends the first half, then an error. The caller handles the connection. */
export function cutInHalf({ headers, openBody }: Call): Readable {
  return Readable.from(
    (async function* () {
      let left = Math.floor(Number(headers['content-length'] ?? 0) / 2);
      for await (const chunk of openBody().iterator({ destroyOnReturn: false })) {
        if (left <= 0) break;
        yield chunk.subarray(0, left);
        left -= chunk.length;
      }
      throw new AwsError('RequestTimeout', 'Half of the body came.');
    })(),
  );
}

/** Flips the lowest bit of the first byte. */
export function flipBit({ openBody }: Call): Readable {
  return Readable.from(
    (async function* () {
      let isFirst = true;
      for await (const chunk of openBody()) {
        if (isFirst) chunk[0] ^= 1;
        isFirst = false;
        yield chunk;
      }
    })(),
  );
}
