import {
  CreateMultipartUploadCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
} from '@aws-sdk/client-s3';
import { UnavailableError } from '../../domain/errors.ts';
import type { Body, Bucket, Condition } from '../../ports.ts';
import type { AwsEnvironment } from '../aws/environment.ts';
import { faultCode } from '../aws/fault-code.ts';
import type { HttpAnswer } from '../http/answer.ts';
import { decodeValue, headersOf, metadataOf } from './object-head.ts';
import { createS3Put } from './put.ts';
import { readText } from './read-text.ts';
import { bucketUrl, createAskS3, createS3Client } from './s3-client.ts';
import { answeredError, unlessMissing } from './s3-error.ts';
import type { S3Options } from './s3-options.ts';
import { createS3Upload } from './s3-upload.ts';

/** Records are some kilobytes; a body this large under `tasks/` is not ours. */
const maxReadBytes = 8 * 1024 ** 2;

export function createS3Bucket(bucketName: string, environment: AwsEnvironment, options: S3Options = {}): Bucket {
  const client = createS3Client(environment, options);
  const ask = createAskS3(client, options);
  const put = createS3Put({ ...options, environment, bucketUrl: () => bucketUrl(client, bucketName) });
  const at = (key: string) => ({ Bucket: bucketName, Key: key });

  return {
    read(key) {
      const reading = ask(`GetObject ${key}`, async (client, limit) => {
        const { Body, ETag = '' } = await client.send(new GetObjectCommand(at(key)), limit);
        return { text: await readText(Body, maxReadBytes), etag: ETag };
      });
      return unlessMissing('NoSuchKey', reading);
    },

    async facts(key) {
      const command = new HeadObjectCommand({ ...at(key), ChecksumMode: 'ENABLED' });
      const looking = ask(`HeadObject ${key}`, (client, limit) => client.send(command, limit));
      // An answer to HEAD has no body, and so no code: this is the SDK's name for its status.
      const found = await unlessMissing('NotFound', looking);
      if (found === undefined) return undefined;
      const taskId = found.Metadata?.taskid;
      return {
        etag: found.ETag ?? '',
        bytes: found.ContentLength ?? 0,
        crc32: found.ChecksumType === 'COMPOSITE' ? null : (found.ChecksumCRC32 ?? null),
        taskId: taskId === undefined ? null : decodeValue(taskId),
      };
    },

    async write(key, body, head, condition) {
      const headers = { ...headersOf(head), ...conditionOf(condition) };
      const answer = await put({ key, headers, body: piecesOf(body), crc32: head.crc32 });
      const { etag } = answer.headers;
      if (answer.status === 200 && etag !== undefined) return { etag };
      if (condition !== undefined && isRefusal(answer)) return false;
      throw answeredError(`PutObject ${key}`, answer);
    },

    async startUpload(key, head) {
      const command = new CreateMultipartUploadCommand({
        ...at(key),
        ContentType: head.contentType,
        ContentDisposition: head.contentDisposition,
        Metadata: metadataOf(head),
        ChecksumAlgorithm: 'CRC32',
        ChecksumType: 'FULL_OBJECT',
      });
      const { UploadId } = await ask(`CreateMultipartUpload ${key}`, (client, limit) => client.send(command, limit));
      if (UploadId === undefined) throw new UnavailableError(`S3 began an upload to ${key} and did not name it`);
      return UploadId;
    },

    async uploadsAt(key) {
      const command = new ListMultipartUploadsCommand({ Bucket: bucketName, Prefix: key });
      const { Uploads = [] } = await ask(`ListMultipartUploads ${key}`, (client, limit) => client.send(command, limit));
      return Uploads.flatMap(({ Key, UploadId }) => (Key === key && UploadId !== undefined ? [UploadId] : []));
    },

    upload: (key, uploadId) => createS3Upload({ ask, put, bucketName, key, uploadId }),
  };
}

/** 412: the condition does not hold. 409: another writer was at it. 404 with If-Match: what was to be replaced is gone. */
function isRefusal(answer: HttpAnswer): boolean {
  return [409, 412].includes(answer.status) || faultCode(answer) === 'NoSuchKey';
}

function conditionOf(condition: Condition | undefined): Record<string, string> {
  if (condition === undefined) return {};
  return condition === 'absent' ? { 'if-none-match': '*' } : { 'if-match': condition.etag };
}

function piecesOf(body: Body): readonly Uint8Array[] {
  if (typeof body === 'string') return [Buffer.from(body)];
  return body instanceof Uint8Array ? [body] : body;
}
