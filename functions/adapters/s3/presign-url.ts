// Presigned URLs, with which anyone may fetch one object for a limited time.
import { GetObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { assertKey } from '../../domain/object-key.ts';
import type { Clock, PresignUrl } from '../../ports.ts';

/** An upper limit: a URL expires with the credentials that signed it, and those of a function last some hours. */
const maxSeconds = 12 * 3600;

export function createPresignUrl(bucketName: string, client: S3Client, clock: Clock): PresignUrl {
  return (key) => presignUrl(client, { bucketName, key, expiresIn: maxSeconds, signingDate: clock.now() });
}

type Presigned = { bucketName: string; key: string; expiresIn: number; signingDate: Date };

export function presignUrl(client: S3Client, { bucketName, key, ...options }: Presigned): Promise<string> {
  return getSignedUrl(client, new GetObjectCommand({ Bucket: bucketName, Key: assertKey(key) }), options);
}
