import type { IncomingMessage } from 'node:http';

/** The body as JSON; undefined if it is not JSON or longer than `maxBytes`. */
export async function readJson(request: IncomingMessage, { maxBytes }: { maxBytes: number }): Promise<unknown> {
  const pieces: Buffer[] = [];
  let length = 0;
  for await (const piece of request) {
    length += piece.length;
    if (length <= maxBytes) pieces.push(piece);
  }
  if (length > maxBytes) return undefined;
  try {
    return JSON.parse(Buffer.concat(pieces).toString('utf8'));
  } catch {
    return undefined;
  }
}
