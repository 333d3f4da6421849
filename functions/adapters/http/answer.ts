import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';

export type HttpAnswer = { status: number; headers: IncomingHttpHeaders; body: Buffer };

/** @throws where the answer is longer than it may be, or cut */
export async function readAnswer(
  response: IncomingMessage,
  { maxBytes, onChunk }: { maxBytes: number; onChunk: () => void },
): Promise<HttpAnswer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response) {
    onChunk();
    bytes += chunk.length;
    if (bytes > maxBytes) throw new AnswerTooLargeError(`an answer of over ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  return { status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) };
}

export class AnswerTooLargeError extends Error {
  override name = 'AnswerTooLargeError';
}
