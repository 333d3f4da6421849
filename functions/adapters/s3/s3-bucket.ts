// The bucket: records, callbacks and media files in S3.
import { crc32 } from 'node:zlib';
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  ListPartsCommand,
  PutObjectCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { encodeCrc32 } from '../../domain/crc32-combine.ts';
import { TransferError, UnavailableError } from '../../domain/errors.ts';
import { assertKey } from '../../domain/object-key.ts';
import { decodeMetadataValue, encodeMetadata } from '../../domain/object-metadata.ts';
import type { Bucket, Condition, FindLatestKey, ObjectBody, ObjectHead, Part, Upload } from '../../ports.ts';
import { type CallS3, ServiceError } from '../aws/clients.ts';

/** How often a body is sent if S3 receives other bytes (`BadDigest`), which the SDK does not retry. */
const maxSendings = 3;
/** S3 will never accept these parts: the transfer must start over. */
const unusableParts = ['BadDigest', 'InvalidPart', 'InvalidPartOrder', 'EntityTooSmall', 'InvalidRequest'];

export function createS3Bucket(bucketName: string, callS3: CallS3): Bucket {
  const at = (key: string) => ({ Bucket: bucketName, Key: assertKey(key) });

  return {
    read(key) {
      const reading = callS3(`GetObject ${key}`, async (client, options) => {
        const { Body, ETag = '' } = await client.send(new GetObjectCommand(at(key)), options);
        return { text: (await Body?.transformToString()) ?? '', etag: ETag };
      });
      return unlessMissing('NoSuchKey', reading);
    },

    async head(key) {
      const looking = callS3(`HeadObject ${key}`, (client, options) =>
        client.send(new HeadObjectCommand({ ...at(key), ChecksumMode: 'ENABLED' }), options),
      );
      // A response to HEAD has no body, so no code either: this is the SDK's name for the status 404.
      const found = await unlessMissing('NotFound', looking);
      if (found === undefined) return undefined;
      const taskId = found.Metadata?.taskid;
      return {
        etag: found.ETag ?? '',
        bytes: found.ContentLength ?? 0,
        // A composite checksum is one of checksums, not of the bytes.
        crc32: found.ChecksumType === 'COMPOSITE' ? null : (found.ChecksumCRC32 ?? null),
        taskId: taskId === undefined ? null : decodeMetadataValue(taskId),
        asset: found.Metadata?.asset ?? null,
      };
    },

    async write(key, body, head, condition) {
      const pieces = piecesOf(body);
      const operation = `PutObject ${key}`;
      const writing = resendIfDamaged(() =>
        callS3(operation, (client, options) => {
          const input = { ...at(key), ...headersOf(head), ...conditionOf(condition), ...sentApart(pieces, head.crc32) };
          return client.send(new PutObjectCommand(input), withPieces(options, pieces));
        }),
      );
      try {
        const { ETag } = await writing;
        if (ETag === undefined) throw new ServiceError(operation, { status: 200, code: 'without an ETag' });
        return { etag: ETag };
      } catch (error) {
        // The SDK retries a write whose response was lost, and the retry is rejected: callers settle that by reading
        // the object.
        if (condition !== undefined && error instanceof ServiceError && isRefusal(error)) return false;
        throw error;
      }
    },

    async startUpload(key, head) {
      const { UploadId } = await callS3(`CreateMultipartUpload ${key}`, (client, options) => {
        const checksum = { ChecksumAlgorithm: 'CRC32', ChecksumType: 'FULL_OBJECT' } as const;
        return client.send(new CreateMultipartUploadCommand({ ...at(key), ...headersOf(head), ...checksum }), options);
      });
      if (UploadId === undefined) throw new UnavailableError(`S3 started an upload to ${key} and did not name it`);
      return UploadId;
    },

    async uploadsAt(key) {
      const command = new ListMultipartUploadsCommand({ Bucket: bucketName, Prefix: key });
      const listing = callS3(`ListMultipartUploads ${key}`, (client, options) => client.send(command, options));
      const { Uploads = [] } = await listing;
      return Uploads.flatMap(({ Key, UploadId }) => (Key === key && UploadId !== undefined ? [UploadId] : []));
    },

    upload: (key, uploadId) => createUpload(callS3, { Bucket: bucketName, Key: key, UploadId: uploadId }),
  };
}

/** Reads one page, of 1,000 keys: a task has a handful. Among objects of the same second, the last by name. */
export function createFindLatestKey(bucketName: string, callS3: CallS3): FindLatestKey {
  return async (prefix) => {
    const command = new ListObjectsV2Command({ Bucket: bucketName, Prefix: prefix });
    const listing = callS3(`ListObjectsV2 ${prefix}`, (client, options) => client.send(command, options));
    const { Contents = [] } = await listing;
    const byAge = Contents.toSorted((one, other) => timeOf(one.LastModified) - timeOf(other.LastModified));
    return byAge.at(-1)?.Key;
  };
}

function timeOf(date: Date | undefined): number {
  return date?.getTime() ?? 0;
}

type UploadInput = { Bucket: string; Key: string; UploadId: string };

function createUpload(callS3: CallS3, upload: UploadInput): Upload {
  const key = upload.Key;

  /** The first 1,000 parts with higher numbers. */
  function listPartsAfter(number: number) {
    const command = new ListPartsCommand({ ...upload, PartNumberMarker: number === 0 ? undefined : String(number) });
    const listing = callS3(`ListParts ${key}`, (client, options) => client.send(command, options));
    return unlessMissing('NoSuchUpload', listing);
  }

  return {
    async part(number, bytes, crc) {
      const operation = `UploadPart ${number} of ${key}`;
      const sending = resendIfDamaged(() =>
        callS3(operation, (client, options) => {
          assertKey(key);
          const input = { ...upload, PartNumber: number, ...sentApart([bytes], crc) };
          return client.send(new UploadPartCommand(input), withPieces(options, [bytes]));
        }),
      );
      const sent = await unlessMissing('NoSuchUpload', sending);
      if (sent === undefined) throw new TransferError('upload_gone', `the upload to ${key} is gone`);
      const { ETag } = sent;
      if (ETag === undefined) throw new ServiceError(operation, { status: 200, code: 'without an ETag' });
      return { number, etag: ETag, bytes: bytes.length, crc32: encodeCrc32(crc) };
    },

    async parts() {
      const found: Part[] = [];
      for (let last = 0; ; ) {
        const page = await listPartsAfter(last);
        if (page === undefined) return undefined;
        for (const { PartNumber = 0, ETag = '', Size = 0, ChecksumCRC32 = '' } of page.Parts ?? []) {
          // A part without a checksum could not be compared: it is sent again.
          if (ChecksumCRC32 !== '') found.push({ number: PartNumber, etag: ETag, bytes: Size, crc32: ChecksumCRC32 });
        }
        if (!page.IsTruncated) return found;
        const next = Number(page.NextPartNumberMarker);
        // Numbers end at 10,000, so the pages do too, as long as each one starts after the one before.
        if (!(next > last)) throw new UnavailableError(`S3 lists the parts of ${key} without an end`);
        last = next;
      }
    },

    async complete(parts, whole, condition) {
      const named = parts.map(({ number, etag, crc32 }) => ({ PartNumber: number, ETag: etag, ChecksumCRC32: crc32 }));
      const command = new CompleteMultipartUploadCommand({
        ...upload,
        ...conditionOf(condition),
        MultipartUpload: { Parts: named },
        MpuObjectSize: whole.bytes,
        ChecksumCRC32: whole.crc32,
        ChecksumType: 'FULL_OBJECT',
      });
      const operation = `CompleteMultipartUpload ${key}`;
      try {
        const { ETag } = await callS3(operation, (client, options) => client.send(command, options));
        // S3 sends the status 200 before it starts: without an ETag it did not finish.
        if (ETag === undefined) throw new ServiceError(operation, { status: 200, code: 'without an ETag' });
        return 'done';
      } catch (error) {
        return refusalOf(error);
      }
    },

    async abort() {
      const command = new AbortMultipartUploadCommand(upload);
      const aborting = callS3(`AbortMultipartUpload ${key}`, (client, options) => client.send(command, options));
      await unlessMissing('NoSuchUpload', aborting);
    },
  };
}

function piecesOf(body: ObjectBody): readonly Uint8Array[] {
  if (typeof body === 'string') return [Buffer.from(body)];
  return body instanceof Uint8Array ? [body] : body;
}

/** The properties of a body that the HTTP handler receives as `pieces`. */
function sentApart(pieces: readonly Uint8Array[], knownCrc32: number | undefined) {
  const crc = knownCrc32 ?? pieces.reduce((before, piece) => crc32(piece, before), 0);
  const bytes = pieces.reduce((sum, { length }) => sum + length, 0);
  return { Body: '', ContentLength: bytes, ChecksumCRC32: encodeCrc32(crc) };
}

function withPieces<T>(options: T, pieces: readonly Uint8Array[]) {
  return { ...options, pieces };
}

function headersOf({ contentType, contentDisposition, metadata = {} }: ObjectHead) {
  return { ContentType: contentType, ContentDisposition: contentDisposition, Metadata: encodeMetadata(metadata) };
}

function conditionOf(condition: Condition | undefined): { IfNoneMatch?: string; IfMatch?: string } {
  if (condition === undefined) return {};
  return condition === 'absent' ? { IfNoneMatch: '*' } : { IfMatch: condition.etag };
}

async function resendIfDamaged<T>(send: () => Promise<T>): Promise<T> {
  for (let sent = 1; ; sent++) {
    try {
      return await send();
    } catch (error) {
      if (sent === maxSendings || !(error instanceof ServiceError) || error.code !== 'BadDigest') throw error;
    }
  }
}

/** 412: the condition is not met. 409: a concurrent write. 404 with If-Match: the object to replace is gone. */
function isRefusal({ status, code }: ServiceError): boolean {
  return status === 409 || status === 412 || code === 'NoSuchKey';
}

/**
 * Checks the code, too, because an error may have the status 200.
 * @throws TransferError `store_failed`, or the error itself if it is not a rejection of this completion
 */
function refusalOf(error: unknown): 'gone' | 'refused' | 'conflict' {
  if (!(error instanceof ServiceError)) throw error;
  const { status, code } = error;
  if (code === 'NoSuchUpload') return 'gone';
  // 404 with If-Match: the object to replace is gone.
  if (status === 412 || code === 'PreconditionFailed' || code === 'NoSuchKey') return 'refused';
  if (status === 409 || code === 'ConditionalRequestConflict') return 'conflict';
  if (unusableParts.includes(code)) throw new TransferError('store_failed', error.message);
  throw error;
}

/** Undefined if S3 answers with this code for "not found". A missing bucket is an error. */
async function unlessMissing<T>(code: string, answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof ServiceError && error.code === code) return undefined;
    throw error;
  }
}
