// The SDK's client, for everything but the bytes: XML, paging and retries are its business.
import { HeadBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { UnavailableError } from '../../domain/errors.ts';
import { type AwsEnvironment, credentialsOf, givenEndpoint, regionOf } from '../aws/environment.ts';
import { attempts, type S3Options } from './s3-options.ts';
import { thrownError } from './thrown-error.ts';

/** S3 answers within a second or two. To join many parts may take it minutes, with a sign of life now and then. */
const patience = { connectMs: 5_000, idleMs: 60_000, totalMs: 300_000 };

/**
 * One call with an end: its retries, and whatever `call` does with the answer, are within one limit.
 * @throws UnavailableError, of which S3Error where S3 refuses; `asked` says there what was asked for
 */
export type AskS3 = <T>(asked: string, call: (client: S3Client, options: CallOptions) => Promise<T>) => Promise<T>;
type CallOptions = { abortSignal: AbortSignal };

export function createAskS3(client: S3Client, { limits }: S3Options): AskS3 {
  const { totalMs } = { ...patience, ...limits };
  return async (asked, call) => {
    const abortSignal = AbortSignal.timeout(totalMs);
    try {
      return await call(client, { abortSignal });
    } catch (error) {
      throw abortSignal.aborted
        ? new UnavailableError(`${asked}: no whole answer within ${totalMs} ms`)
        : thrownError(asked, error);
    }
  };
}

export function createS3Client(environment: AwsEnvironment, { limits }: S3Options): S3Client {
  const { connectMs, idleMs } = { ...patience, ...limits };
  const endpoint = givenEndpoint('S3', environment)?.href;
  return new S3Client({
    region: async () => regionOf(environment),
    credentials: async () => credentialsOf(environment),
    // Buckets at a given endpoint have no host name of their own.
    ...(endpoint !== undefined && { endpoint, forcePathStyle: true }),
    maxAttempts: attempts,
    // The last one is for a body that stops coming; the others end with the answer's head.
    requestHandler: {
      connectionTimeout: connectMs,
      requestTimeout: idleMs,
      throwOnRequestTimeout: true,
      socketTimeout: idleMs,
    },
  });
}

/** Where the SDK finds a bucket: which partition, which host and which style of path is left to it. Asks nobody. */
export async function bucketUrl(client: S3Client, bucketName: string): Promise<URL> {
  const command = new HeadBucketCommand({ Bucket: bucketName });
  const { promise, resolve, reject } = Promise.withResolvers<URL>();
  command.middlewareStack.add(
    (_, context) => async () => {
      if (context.endpointV2 === undefined) throw new Error(`the SDK does not say where the bucket ${bucketName} is`);
      resolve(context.endpointV2.url);
      return { response: undefined, output: { $metadata: {} } };
    },
    { step: 'build', name: 'stopBeforeItIsSent' },
  );
  client.send(command).catch(reject);
  return promise;
}
