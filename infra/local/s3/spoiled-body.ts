// Bodies that do not come as they were sent: for faults that tests ask for.

import { Readable } from 'node:stream';
import { AwsError } from '../aws-error.ts';
import type { Call } from './call.ts';

/** The first half, and then an error. The connection is left to the caller. */
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

/** The lowest bit of the first byte is turned. */
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
