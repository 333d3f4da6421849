import { Readable } from 'node:stream';
import {
  GetObjectCommand,
  ListObjectsV2Command,
  NoSuchBucket,
  NoSuchKey,
  S3Client,
  type S3ClientConfig,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import { decodeMetadataValue } from '../../functions/domain/object-metadata.ts';
import type { BucketReader, NotOpened } from '../target.ts';

export type S3Reader = BucketReader & { close(): void };

/** By the status of S3's response; the SDK throws for each of them. */
const notOpened: Readonly<Record<number, NotOpened>> = {
  304: 'not-modified',
  404: 'missing',
  412: 'changed',
  416: 'out-of-range',
};

export function createS3Reader(bucketName: string, config: S3ClientConfig): S3Reader {
  // Deliberately without the SDK's checksum validation: a damaged file must be reported, not thrown at its end.
  const client = new S3Client({ ...config, responseChecksumValidation: 'WHEN_REQUIRED' });

  async function get(key: string) {
    try {
      const {
        Body,
        ContentLength = 0,
        LastModified,
        Metadata = {},
      } = await client.send(new GetObjectCommand({ Bucket: bucketName, Key: key }));
      if (!(Body instanceof Readable)) throw new Error(`S3 sent no body of ${key}`);
      return { body: Body, bytes: ContentLength, modified: LastModified ?? new Date(0), metadata: Metadata };
    } catch (error) {
      if (error instanceof NoSuchKey) return undefined;
      throw error;
    }
  }

  return {
    async *list(prefix) {
      for (let token: string | undefined; ; ) {
        const command = new ListObjectsV2Command({ Bucket: bucketName, Prefix: prefix, ContinuationToken: token });
        const { Contents = [], NextContinuationToken: next } = await client.send(command);
        for (const { Key, Size = 0, LastModified = new Date(0), ETag = '' } of Contents) {
          if (Key !== undefined) yield { key: Key, bytes: Size, modified: LastModified, etag: ETag };
        }
        // Receiving the same page again would loop for ever.
        if (next === undefined || next === token) return;
        token = next;
      }
    },

    async read(key, maxBytes) {
      const found = await get(key);
      if (found === undefined) return undefined;
      const { body, bytes, modified, metadata } = found;
      if (bytes > maxBytes) {
        body.destroy();
        throw new Error(`${key} has ${bytes} bytes, which is more than it can have been given (${maxBytes})`);
      }
      const pieces: Uint8Array[] = [];
      for await (const piece of body) pieces.push(piece);
      const decoded = Object.entries(metadata).map(([name, value]) => [name, decodeMetadataValue(value)]);
      return { body: Buffer.concat(pieces), modified, metadata: Object.fromEntries(decoded) };
    },

    open: async (key) => (await get(key))?.body,

    async openRange(key, { range, ifMatch, ifNoneMatch }, abortSignal) {
      const wanted = { Range: range, IfMatch: ifMatch, IfNoneMatch: ifNoneMatch };
      const command = new GetObjectCommand({ Bucket: bucketName, Key: key, ...wanted });
      try {
        const { Body, ...head } = await client.send(command, { abortSignal });
        const { ContentLength: bytes = 0, ContentRange, ETag: etag = '', LastModified = new Date(0) } = head;
        if (!(Body instanceof Readable)) throw new Error(`S3 sent no body of ${key}`);
        return { body: Body, bytes, range: ContentRange, etag, modified: LastModified };
      } catch (error) {
        const reason = error instanceof S3ServiceException ? notOpened[error.$metadata.httpStatusCode ?? 0] : undefined;
        if (reason === undefined || error instanceof NoSuchBucket) throw error;
        return reason;
      }
    },

    close: () => client.destroy(),
  };
}
