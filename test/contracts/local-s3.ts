// A bucket in the local S3, and the real SDK pointed at it, as the product is: by endpoint alone.

import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  type CompleteMultipartUploadCommandInput,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  type CreateMultipartUploadCommandInput,
  GetObjectCommand,
  ListPartsCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
  S3Client,
  S3ServiceException,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { type LocalS3Options, type S3Fault, startS3 } from '../../local/s3/server.ts';

export const Bucket = 'contract';

export const MiB = 1024 * 1024;

export type LocalS3 = Awaited<ReturnType<typeof startLocalS3>>;

export async function startLocalS3(options: Pick<LocalS3Options, 'fault' | 'now'> = {}) {
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
    async bytes(Key: string) {
      const { Body } = await client.send(new GetObjectCommand({ Bucket, Key }));
      return Buffer.from((await Body?.transformToByteArray()) ?? []);
    },
    /** Bodies that are arriving, and wholes that are being joined. */
    incoming: () => readdir(join(place.systemFolder, 'incoming')),
    /** The parts of an upload as they lie on the disk, in the order of their names. */
    async uploadFiles(uploadId = '') {
      const folder = join(place.systemFolder, 'uploads', uploadId);
      const names = (await readdir(folder)).filter((name) => name !== 'upload.json');
      return names.sort().map((name) => join(folder, name));
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

/** As S3 shows it. */
export const crcOf = (bytes: Uint8Array) =>
  Buffer.from(crc32(bytes).toString(16).padStart(8, '0'), 'hex').toString('base64');

/** `200` or, say, `412 PreconditionFailed`. */
export async function outcomeOf(work: Promise<{ $metadata: { httpStatusCode?: number } }>): Promise<string> {
  try {
    return String((await work).$metadata.httpStatusCode);
  } catch (error) {
    if (error instanceof S3ServiceException) return `${error.$metadata.httpStatusCode} ${error.name}`;
    throw error;
  }
}

/** An upload with parts of these sizes, numbered from 1, of random bytes: sent, but not completed. */
export async function sendParts(
  s3: LocalS3,
  Key: string,
  sizes: readonly number[],
  more: Partial<CreateMultipartUploadCommandInput> = { ChecksumAlgorithm: 'CRC32', ChecksumType: 'FULL_OBJECT' },
) {
  const { UploadId } = await s3.client.send(new CreateMultipartUploadCommand({ Bucket, Key, ...more }));
  const upload = { Bucket, Key, UploadId };
  const send = async (PartNumber: number, Body: Uint8Array, declared: object = {}) =>
    await s3.client.send(new UploadPartCommand({ ...upload, PartNumber, Body, ...declared }));
  const bodies = sizes.map((size) => randomBytes(size));
  const Parts = await Promise.all(
    bodies.map(async (body, index) => {
      const { ETag, ChecksumCRC32 } = await send(index + 1, body);
      return { PartNumber: index + 1, ETag, ChecksumCRC32 };
    }),
  );
  return {
    Key,
    UploadId,
    /** Where a client without the SDK sends a part to. */
    urlOfPart: (number: number) => `${s3.url}/${Bucket}/${Key}?partNumber=${number}&uploadId=${UploadId}`,
    Parts,
    bodies,
    whole: Buffer.concat(bodies),
    send,
    list: async (page: object = {}) => await s3.client.send(new ListPartsCommand({ ...upload, ...page })),
    complete: async (more: Partial<CompleteMultipartUploadCommandInput> = {}) =>
      await s3.client.send(new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts }, ...more })),
    abort: async () => await s3.client.send(new AbortMultipartUploadCommand(upload)),
  };
}

/** Trouble at these requests of the operation, counted from 1; all others are served. */
export function troubleAt(operation: string, times: readonly number[], trouble: ReturnType<S3Fault>): S3Fault {
  let count = 0;
  return (request) => {
    if (request.operation === operation) count += 1;
    return request.operation === operation && times.includes(count) ? trouble : undefined;
  };
}
