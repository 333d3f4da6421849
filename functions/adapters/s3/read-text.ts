import { Readable } from 'node:stream';

export class BodyTooLargeError extends Error {
  override name = 'BodyTooLargeError';
}

/** @throws BodyTooLargeError where there is more than `maxBytes`, of which no more is read; and where the body is cut */
export async function readText(body: unknown, maxBytes: number): Promise<string> {
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of body instanceof Readable ? body : []) {
    bytes += piece.length;
    if (bytes > maxBytes) throw new BodyTooLargeError(`a body of over ${maxBytes} bytes`);
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString();
}
