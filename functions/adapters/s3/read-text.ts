import { Readable } from 'node:stream';

/** @throws where there is more than `maxBytes`, of which no more is read, and where the body is cut */
export async function readText(body: unknown, maxBytes: number): Promise<string> {
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of body instanceof Readable ? body : []) {
    bytes += piece.length;
    if (bytes > maxBytes) throw new Error(`a body of over ${maxBytes} bytes`);
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString();
}
