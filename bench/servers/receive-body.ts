// A request's body, counted rather than kept.
import type { IncomingMessage } from 'node:http';
import { crc32 } from 'node:zlib';

export type Received = {
  bytes: number;
  /** Of small bodies only: records, callbacks, lists of parts. */
  text: string;
  /** Undefined unless it was to be computed, and the body came plain. */
  crc32: number | undefined;
};

/** A list of 10,000 parts is the largest body that must be read. */
const maxKeptBytes = 2 * 1024 ** 2;

/** Deliberately by events: reading a body as an async iterator cost the sink a fifth more. */
export function receiveBody(request: IncomingMessage, options: { isVerifying: boolean }): Promise<Received> {
  const { headers } = request;
  const isKept = Number(headers['content-length'] ?? 0) <= maxKeptBytes;
  // What the SDK streams comes in chunks with a frame around each; its real length is in a header, and is believed.
  const isFramed = headers['content-encoding']?.includes('aws-chunked') ?? false;
  const isVerified = options.isVerifying && !isFramed;
  const kept: Buffer[] = [];
  let bytes = 0;
  let crc = 0;
  request.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (isKept) kept.push(chunk);
    if (isVerified) crc = crc32(chunk, crc);
  });
  return new Promise((done, failed) => {
    request.once('error', failed);
    request.once('end', () => {
      done({
        bytes: isFramed ? Number(headers['x-amz-decoded-content-length']) : bytes,
        text: Buffer.concat(kept).toString(),
        crc32: isVerified ? crc : undefined,
      });
    });
  });
}
