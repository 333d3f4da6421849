// A body goes out in slices: cheaper than one large write, and less memory (docs/performance.md).
import type { ClientRequest } from 'node:http';

const sliceBytes = 256 * 1024;

/** Ends the request. `onSlice` is called each time that the connection takes more. */
export function writeBody(request: ClientRequest, body: readonly Uint8Array[], onSlice: () => void): void {
  const slices = slicesOf(body);
  let slice = slices.next();
  const more = () => {
    onSlice();
    while (!slice.done) {
      const next = slices.next();
      // With the last one the request ends: no `drain` would come after it.
      if (next.done) break;
      const takesMore = request.write(slice.value);
      slice = next;
      if (!takesMore) return void request.once('drain', more);
    }
    request.end(slice.value);
  };
  more();
}

function* slicesOf(body: readonly Uint8Array[]): Generator<Uint8Array, undefined> {
  for (const piece of body) {
    for (let at = 0; at < piece.length; at += sliceBytes) yield piece.subarray(at, at + sliceBytes);
  }
}
