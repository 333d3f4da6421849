// Receives a request's body, counting its bytes instead of keeping them.
import type { IncomingMessage } from 'node:http';
import { crc32 } from 'node:zlib';
import { createUnframer } from './unframe.ts';

export type Received = {
  bytes: number;
  /** Only for small bodies: records, callbacks, lists of parts. */
  text: string | undefined;
  /** Undefined unless it was requested. */
  crc32: number | undefined;
};

/** A list of 10,000 parts is the largest body that must be read. */
const maxKeptBytes = 2 * 1024 ** 2;

/** Deliberately with events: reading a body as an async iterator cost the sink a fifth more. */
export function receiveBody(request: IncomingMessage, { isVerifying }: { isVerifying: boolean }): Promise<Received> {
  const { headers } = request;
  const isKept = Number(headers['content-length'] ?? 0) <= maxKeptBytes;
  const isFramed = headers['content-encoding']?.includes('aws-chunked') ?? false;
  // Decoding frames costs time: unless the sink verifies, it trusts the header with the decoded length.
  const payloadOf = isFramed && isVerifying ? createUnframer() : (chunk: Buffer) => [chunk];
  const kept: Buffer[] = [];
  let bytes = 0;
  let crc = 0;
  request.on('data', (chunk: Buffer) => {
    for (const piece of payloadOf(chunk)) {
      bytes += piece.length;
      if (isKept) kept.push(piece);
      if (isVerifying) crc = crc32(piece, crc);
    }
  });
  return new Promise((done, failed) => {
    request.once('error', failed);
    request.once('end', () => {
      done({
        bytes: isFramed && !isVerifying ? Number(headers['x-amz-decoded-content-length']) : bytes,
        text: isKept ? Buffer.concat(kept).toString() : undefined,
        crc32: isVerifying ? crc : undefined,
      });
    });
  });
}
