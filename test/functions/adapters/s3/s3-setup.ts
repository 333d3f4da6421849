// The adapter with the local S3, or with a server that misbehaves.
import { crc32 } from 'node:zlib';
import { onTestFinished } from 'vitest';
import { functionVariables } from '../../../../client/target/local-aws.ts';
import { createCallAws, createS3Client } from '../../../../functions/adapters/aws/clients.ts';
import type { HttpLimits } from '../../../../functions/adapters/aws/http-handler.ts';
import { createS3Bucket } from '../../../../functions/adapters/s3/s3-bucket.ts';
import { encodeCrc32 } from '../../../../functions/domain/crc32-combine.ts';
import type { Upload } from '../../../../functions/ports.ts';
import type { S3Fault } from '../../../../local/s3/server.ts';
import { Bucket, startLocalS3 } from '../../../contracts/local-s3.ts';
import { type Behaviour, startAwsServer } from '../../../doubles/aws-server.ts';

export const head = { contentType: 'audio/mpeg', metadata: { taskid: 'task-1' } };

/** For tests in which nothing answers. The others should rather wait for a slow machine. */
export const impatient = { idleMs: 50 };

export type CallLimits = Partial<HttpLimits> & { totalMs?: number };

export function callAt(url: string, { totalMs, ...limits }: CallLimits = {}) {
  const environment = functionVariables('archiver', { s3: url, sqs: url, secrets: url, events: url });
  return createCallAws(createS3Client(environment, limits), totalMs);
}

export const bucketAt = (url: string, limits?: CallLimits) => createS3Bucket(Bucket, callAt(url, limits));

/** `asked`: the operations that were requested, in order. */
export async function setUpS3({ fault = () => undefined, limits }: { fault?: S3Fault; limits?: CallLimits } = {}) {
  const asked: string[] = [];
  const s3 = await startLocalS3({
    fault(request) {
      if (request.operation === 'CreateBucket') return undefined;
      asked.push(request.operation);
      return fault(request);
    },
  });
  onTestFinished(s3.stop);
  return { s3, asked, bucket: bucketAt(s3.url, limits) };
}

/** With an upload to `video` that has been started. */
export async function setUpUpload(options: Parameters<typeof setUpS3>[0] = {}) {
  const bench = await setUpS3(options);
  return { ...bench, upload: bench.bucket.upload('video', await bench.bucket.startUpload('video', head)) };
}

export async function setUpServer(behaviours: readonly Behaviour[], limits?: CallLimits) {
  const server = await startAwsServer({ behaviours });
  onTestFinished(server.close);
  return { server, bucket: bucketAt(server.origin, limits) };
}

/** The same fault for every request of the operation. */
export const always =
  (operation: string, trouble: ReturnType<S3Fault>): S3Fault =>
  (request) =>
    request.operation === operation ? trouble : undefined;

export const sendPart = (upload: Upload, number: number, part: string | Buffer) => {
  const bytes = Buffer.from(part);
  return upload.part(number, bytes, crc32(bytes));
};

export function whole(...parts: readonly (string | Buffer)[]) {
  const bytes = Buffer.concat(parts.map((part) => Buffer.from(part)));
  return { bytes: bytes.length, crc32: encodeCrc32(crc32(bytes)) };
}
