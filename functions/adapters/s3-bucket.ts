import { crc32 } from 'node:zlib';
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  S3Client,
  S3ServiceException,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { encodeCrc32 } from '../domain/crc32.ts';
import type { Bucket, Condition, ObjectHead } from '../ports.ts';

/** Records are some kilobytes; a body this large under `tasks/` is not ours. */
const maxReadBytes = 8 * 1024 ** 2;

export function createS3Bucket(bucketName: string): Bucket {
  const client = new S3Client({
    // Expect: 100-continue makes the SDK open a new TLS connection for each part.
    expectContinueHeader: false,
    // The last one is for a body that stops coming; the others end with the answer's head.
    requestHandler: {
      connectionTimeout: 5_000,
      requestTimeout: 60_000,
      throwOnRequestTimeout: true,
      socketTimeout: 60_000,
    },
  });
  // A SHA-256 of each body for its signature costs more than the rest of an upload, and protects what TLS and the CRC32
  // protect already. Over plain http (a bucket on this machine) S3 wants the signature.
  client.middlewareStack.add(
    (next) => (args) => {
      if (isOverTls(args.request)) args.request.headers['x-amz-content-sha256'] = 'UNSIGNED-PAYLOAD';
      return next(args);
    },
    { step: 'build', name: 'leavePayloadUnsigned' },
  );
  const at = (key: string) => ({ Bucket: bucketName, Key: key });

  return {
    async read(key) {
      const found = await unlessMissing(client.send(new GetObjectCommand(at(key))));
      if (found === undefined) return undefined;
      if ((found.ContentLength ?? 0) > maxReadBytes) throw new Error(`${key} is larger than ${maxReadBytes} bytes`);
      return { text: (await found.Body?.transformToString()) ?? '', etag: found.ETag ?? '' };
    },

    async facts(key) {
      const found = await unlessMissing(client.send(new HeadObjectCommand({ ...at(key), ChecksumMode: 'ENABLED' })));
      if (found === undefined) return undefined;
      const taskId = found.Metadata?.taskid;
      return {
        etag: found.ETag ?? '',
        bytes: found.ContentLength ?? 0,
        crc32: found.ChecksumType === 'COMPOSITE' ? null : (found.ChecksumCRC32 ?? null),
        taskId: taskId === undefined ? null : decodeURIComponent(taskId),
      };
    },

    write(key, body, head, condition) {
      // Given here and below, because the SDK's own is slower than Node's.
      const object = { ...at(key), Body: body, ChecksumCRC32: encodeCrc32(crc32(body)) };
      return ifHeld(client.send(new PutObjectCommand({ ...object, ...headOf(head), ...conditionOf(condition) })));
    },

    async startUpload(key, head) {
      const { UploadId } = await client.send(
        new CreateMultipartUploadCommand({
          ...at(key),
          ...headOf(head),
          ChecksumAlgorithm: 'CRC32',
          ChecksumType: 'FULL_OBJECT',
        }),
      );
      const upload = { ...at(key), UploadId };
      const parts: { PartNumber: number; ETag: string | undefined; ChecksumCRC32: string | undefined }[] = [];
      return {
        async part(bytes) {
          const PartNumber = parts.length + 1;
          const { ETag, ChecksumCRC32 } = await client.send(
            new UploadPartCommand({ ...upload, PartNumber, Body: bytes, ChecksumCRC32: encodeCrc32(crc32(bytes)) }),
          );
          parts.push({ PartNumber, ETag, ChecksumCRC32 });
        },
        complete: (whole, condition) =>
          ifHeld(
            client.send(
              new CompleteMultipartUploadCommand({
                ...upload,
                ...conditionOf(condition),
                MultipartUpload: { Parts: parts },
                MpuObjectSize: whole.bytes,
                ChecksumCRC32: whole.crc32,
                ChecksumType: 'FULL_OBJECT',
              }),
            ),
          ),
        async abort() {
          await client.send(new AbortMultipartUploadCommand(upload));
        },
      };
    },
  };
}

function isOverTls(request: unknown): request is { headers: Record<string, string> } {
  const isHttps = typeof request === 'object' && request !== null && 'protocol' in request && 'headers' in request;
  return isHttps && request.protocol === 'https:';
}

function headOf({ contentType, contentDisposition, metadata = {} }: ObjectHead) {
  const safe = Object.entries(metadata).map(([name, value]) => [name, encodeURIComponent(value.toWellFormed())]);
  return { ContentType: contentType, ContentDisposition: contentDisposition, Metadata: Object.fromEntries(safe) };
}

function conditionOf(condition: Condition | undefined) {
  if (condition === undefined) return {};
  return condition === 'absent' ? { IfNoneMatch: '*' } : { IfMatch: condition.etag };
}

async function unlessMissing<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (statusOf(error) === 404) return undefined;
    throw error;
  }
}

/** 412: the condition does not hold. 409: another writer was at it. 404 with If-Match: what was to be replaced is gone. */
async function ifHeld(answer: Promise<unknown>): Promise<boolean> {
  try {
    await answer;
    return true;
  } catch (error) {
    if ([412, 409].includes(statusOf(error) ?? 0)) return false;
    if (error instanceof S3ServiceException && error.name === 'NoSuchKey') return false;
    throw error;
  }
}

function statusOf(error: unknown): number | undefined {
  return error instanceof S3ServiceException ? error.$metadata.httpStatusCode : undefined;
}
