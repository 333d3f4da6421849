// Receives a request body into a file of its own below `incoming/` and computes its digests on the way. The body
// becomes an object or a part only when it is complete and verified; any earlier failure leaves nothing behind.

import { rm } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';
import { AwsError } from '../aws-json.ts';
import { writeChunks } from './bucket-files.ts';
import type { S3Call, S3Headers } from './call.ts';
import { notImplemented } from './call.ts';
import { type Digests, declaredDigests, startDigests, verifyDigests } from './checksum.ts';

/** S3's limit for one PutObject and for one part. */
const maxBodyBytes = 5 * 1024 ** 3;

/** Completing 10,000 parts takes about 150 bytes of XML for each. */
const maxXmlBytes = 2 * 1024 ** 2;

export type ReceivedBody = Digests & { readonly file: string };

export async function receiveBody({ headers, openBody }: S3Call, file: string): Promise<ReceivedBody> {
  const size = bodySize(headers, maxBodyBytes);
  const declared = declaredDigests(headers);
  const digests = startDigests({ sha256: declared.sha256 !== undefined });

  async function* digested() {
    for await (const chunk of openBody()) {
      digests.update(chunk);
      yield chunk;
    }
  }

  try {
    await writeChunks(digested(), file);
    const found = digests.end();
    if (found.size !== size)
      throw new AwsError('IncompleteBody', `${found.size} of ${size} bytes arrived: send again.`);
    verifyDigests(declared, found);
    return { ...found, file };
  } catch (error) {
    await rm(file, { force: true });
    throw error;
  }
}

export async function receiveXml({ headers, openBody }: S3Call): Promise<string> {
  bodySize(headers, maxXmlBytes);
  return (await buffer(openBody())).toString();
}

/** The Content-Length. HTTP enforces it, so a cap on it is a cap on the body. */
function bodySize(headers: S3Headers, maxBytes: number): number {
  // Deliberately not decoded: the product sends buffers, and an overlooked chunk framing would end up inside an
  // object.
  if (
    headers['content-encoding']?.includes('aws-chunked') ||
    headers['x-amz-content-sha256']?.startsWith('STREAMING-')
  ) {
    throw notImplemented('bodies framed as aws-chunked; give the SDK a buffer, not a stream');
  }
  const size = Number(headers['content-length'] ?? Number.NaN);
  if (Number.isNaN(size)) throw new AwsError('MissingContentLength', 'Send a Content-Length.', { status: 411 });
  if (size > maxBytes) throw new AwsError('EntityTooLarge', `The body has ${size} bytes; ${maxBytes} are the most.`);
  return size;
}
