import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';

export type AwsAnswer = { status: number; headers: IncomingHttpHeaders; body: Buffer };

/** @throws where the answer is longer than it may be, or cut */
export async function readAnswer(
  response: IncomingMessage,
  { maxBytes, onChunk }: { maxBytes: number; onChunk: () => void },
): Promise<AwsAnswer> {
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

/**
 * What a service calls the fault that it answers with: `SlowDown`, `AccessDenied`. S3 says it in XML (after Complete also
 * with status 200), the others in JSON or a header, some with a namespace before it and an address after it.
 */
export function faultCode({ headers, body }: AwsAnswer): string | undefined {
  const header = headers['x-amzn-errortype'];
  // It stands at the beginning.
  const start = body.subarray(0, 4096).toString();
  const named =
    (typeof header === 'string' ? header : undefined) ??
    /<Error>.*?<Code>([^<]+)<\/Code>/s.exec(start)?.[1] ??
    /"(?:__type|code)"\s*:\s*"([^"]+)"/i.exec(start)?.[1];
  return named?.replace(/:.*/, '').replace(/.*#/, '');
}
