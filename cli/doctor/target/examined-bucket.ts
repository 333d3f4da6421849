import { Readable } from 'node:stream';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  NoSuchKey,
  NotFound,
  type S3Client,
} from '@aws-sdk/client-s3';
import { decodeMetadataValue } from '../../../functions/domain/object-metadata.ts';
import type { ExaminedBucket } from '../target.ts';
import { listKeys } from './list-keys.ts';

/** The song has 48 kB, and a record a few more. */
const maxObjectBytes = 1024 * 1024;

export function createExaminedBucket(client: S3Client, bucketName: string): ExaminedBucket {
  const at = (key: string) => ({ Bucket: bucketName, Key: key });
  return {
    list: (prefix) => listKeys(client, { bucketName, prefix }),

    async read(key) {
      try {
        const { Body, ContentType, ContentLength = 0 } = await client.send(new GetObjectCommand(at(key)));
        if (!(Body instanceof Readable)) throw new Error(`S3 sent no body of ${key}`);
        if (ContentLength > maxObjectBytes) {
          Body.destroy();
          throw new Error(`${key} has ${ContentLength} bytes, which is more than it can have been given`);
        }
        const pieces: Uint8Array[] = [];
        for await (const piece of Body) pieces.push(piece);
        return { bytes: Buffer.concat(pieces), contentType: ContentType ?? null };
      } catch (error) {
        if (error instanceof NoSuchKey) return undefined;
        throw error;
      }
    },

    async ownerOf(key) {
      try {
        const { Metadata: { taskid } = {} } = await client.send(new HeadObjectCommand(at(key)));
        return taskid === undefined ? undefined : decodeMetadataValue(taskid);
      } catch (error) {
        if (error instanceof NotFound) return undefined;
        throw error;
      }
    },

    async remove(key) {
      const { DeleteMarker = false } = await client.send(new DeleteObjectCommand(at(key)));
      return DeleteMarker;
    },
  };
}
