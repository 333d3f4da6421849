import { AbortMultipartUploadCommand, CompleteMultipartUploadCommand, ListPartsCommand } from '@aws-sdk/client-s3';
import { encodeCrc32 } from '../../domain/crc32.ts';
import { TransferError, UnavailableError } from '../../domain/errors.ts';
import type { Part, Upload } from '../../ports.ts';
import { faultCode } from '../aws/fault-code.ts';
import type { PutToS3 } from './put.ts';
import type { AskS3 } from './s3-client.ts';
import { answeredError, S3Error, unlessMissing } from './s3-error.ts';

type Deps = { ask: AskS3; put: PutToS3; bucketName: string; key: string; uploadId: string };

/** S3 does not take the parts as they are: nothing but beginning anew will help. */
const unusable = ['BadDigest', 'InvalidPart', 'InvalidPartOrder', 'EntityTooSmall', 'InvalidRequest'];

export function createS3Upload({ ask, put, bucketName, key, uploadId }: Deps): Upload {
  const upload = { Bucket: bucketName, Key: key, UploadId: uploadId };

  /** Behind the part of this number; the first 1,000 that are there. */
  async function partsBehind(marker: number) {
    const command = new ListPartsCommand({ ...upload, PartNumberMarker: marker === 0 ? undefined : String(marker) });
    const asking = ask(`ListParts ${key}`, (client, limit) => client.send(command, limit));
    return await unlessMissing('NoSuchUpload', asking);
  }

  return {
    async part(number, bytes, crc32) {
      const query = { partNumber: String(number), uploadId };
      const answer = await put({ key, query, body: [bytes], crc32 });
      const { etag } = answer.headers;
      if (answer.status === 200 && etag !== undefined) {
        return { number, etag, bytes: bytes.length, crc32: encodeCrc32(crc32) };
      }
      if (faultCode(answer) === 'NoSuchUpload') throw new TransferError('upload_gone', `the upload to ${key} is gone`);
      throw answeredError(`UploadPart ${number} of ${key}`, answer);
    },

    async parts() {
      const found: Part[] = [];
      for (let marker = 0; ; ) {
        const page = await partsBehind(marker);
        if (page === undefined) return undefined;
        for (const { PartNumber = 0, ETag = '', Size = 0, ChecksumCRC32 = '' } of page.Parts ?? []) {
          // One without its checksum could not be compared: it is sent again.
          if (ChecksumCRC32 !== '') found.push({ number: PartNumber, etag: ETag, bytes: Size, crc32: ChecksumCRC32 });
        }
        if (!page.IsTruncated) return found;
        const next = Number(page.NextPartNumberMarker);
        // Numbers end at 10,000, so the pages do, as long as each one gets on.
        if (!(next > marker)) throw new UnavailableError(`S3 lists the parts of ${key} without an end`);
        marker = next;
      }
    },

    async complete(parts, whole, condition) {
      const named = parts.map(({ number, etag, crc32 }) => ({ PartNumber: number, ETag: etag, ChecksumCRC32: crc32 }));
      const command = new CompleteMultipartUploadCommand({
        ...upload,
        ...(condition === 'absent' && { IfNoneMatch: '*' }),
        ...(typeof condition === 'object' && { IfMatch: condition.etag }),
        MultipartUpload: { Parts: named },
        MpuObjectSize: whole.bytes,
        ChecksumCRC32: whole.crc32,
        ChecksumType: 'FULL_OBJECT',
      });
      const asked = `CompleteMultipartUpload ${key}`;
      try {
        const { ETag } = await ask(asked, (client, limit) => client.send(command, limit));
        // S3 says 200 before it begins. What has no ETag has not come to its end.
        if (ETag === undefined) throw new S3Error(asked, { status: 200, code: 'without an ETag' });
        return 'done';
      } catch (error) {
        return refusalOf(error);
      }
    },

    async abort() {
      const command = new AbortMultipartUploadCommand(upload);
      const asking = ask(`AbortMultipartUpload ${key}`, (client, limit) => client.send(command, limit));
      await unlessMissing('NoSuchUpload', asking);
    },
  };
}

/**
 * By the code where it may stand behind a 200.
 * @throws TransferError `store_failed`, or the error itself where it is no refusal of this completion
 */
function refusalOf(error: unknown): 'gone' | 'refused' | 'conflict' {
  if (!(error instanceof S3Error)) throw error;
  const { status, code } = error;
  if (code === 'NoSuchUpload') return 'gone';
  // 404 with If-Match: what was to be replaced is gone.
  if (status === 412 || code === 'PreconditionFailed' || code === 'NoSuchKey') return 'refused';
  if (status === 409 || code === 'ConditionalRequestConflict') return 'conflict';
  if (unusable.includes(code)) throw new TransferError('store_failed', error.message);
  throw error;
}
