// A bucket in the local S3, and the real SDK pointed at it, as the product is: by endpoint alone.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CreateBucketCommand,
  GetObjectCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
  S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import { type S3Options, startS3 } from '../../infra/local/s3/server.ts';

export const Bucket = 'contract';

export type LocalS3 = Awaited<ReturnType<typeof startLocalS3>>;

export async function startLocalS3(options: Pick<S3Options, 'fault' | 'now'> = {}) {
  const root = await mkdtemp(join(tmpdir(), 'trackkeeper-s3-'));
  const place = { folder: root, systemFolder: join(root, '.system') };
  const open = async () => {
    const server = await startS3({ ...place, ...options });
    const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
    const client = new S3Client({ endpoint: server.url, region: 'us-east-1', credentials, maxAttempts: 1 });
    return { server, client };
  };
  let { server, client } = await open();
  await client.send(new CreateBucketCommand({ Bucket }));
  const close = async () => {
    client.destroy();
    await server.close();
  };

  return {
    bucketFolder: join(root, Bucket),
    systemFolder: place.systemFolder,
    get url() {
      return server.url;
    },
    get client() {
      return client;
    },
    put: (Key: string, Body: string | Uint8Array, more: Partial<PutObjectCommandInput> = {}) =>
      client.send(new PutObjectCommand({ Bucket, Key, Body, ...more })),
    async text(Key: string) {
      const { Body } = await client.send(new GetObjectCommand({ Bucket, Key }));
      return await Body?.transformToString();
    },
    close,
    async restart() {
      await close();
      ({ server, client } = await open());
    },
    async stop() {
      await close();
      await rm(root, { recursive: true, force: true });
    },
  };
}

/** `200` or, say, `412 PreconditionFailed`. */
export async function outcomeOf(work: Promise<{ $metadata: { httpStatusCode?: number } }>): Promise<string> {
  try {
    return String((await work).$metadata.httpStatusCode);
  } catch (error) {
    if (error instanceof S3ServiceException) return `${error.$metadata.httpStatusCode} ${error.name}`;
    throw error;
  }
}
