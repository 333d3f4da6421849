// One call to S3 through the SDK's client: its time limit, and its errors in words that are safe to log.
import { S3Client, S3ServiceException } from '@aws-sdk/client-s3';
import { UnavailableError } from '../../domain/errors.ts';
import type { AwsEnvironment } from '../aws/environment.ts';
import { credentialsOf, givenEndpoint, regionOf } from '../aws/environment.ts';
import { BodyTooLargeError, createS3HttpHandler, type S3HttpLimits, type S3HttpOptions } from './s3-http.ts';

/** Times that a request is sent. */
const maxAttempts = 4;
const defaultLimits: S3HttpLimits = { connectMs: 5_000, idleMs: 30_000 };
/** To complete an upload of many parts may take S3 minutes, in which it sends a blank now and then. */
const defaultTotalMs = 300_000;
/** Two attempts without an answer: for a marker, which is small. */
export const smallCallMs = 65_000;

/**
 * `operation` names the call in errors: the command and the key. `run` must pass `options` on to `client.send`.
 * @throws S3Error if S3 refuses, or another UnavailableError if there was no usable answer
 */
export type CallS3 = <T>(
  operation: string,
  run: (client: S3Client, options: S3HttpOptions) => Promise<T>,
) => Promise<T>;

/** A refusal by S3. */
export class S3Error extends UnavailableError {
  override name = 'S3Error';
  readonly status: number;
  readonly code: string;

  constructor(operation: string, { status, code, message = '' }: { status: number; code: string; message?: string }) {
    super(`S3 answered ${status} ${code} to ${operation}${message && `: ${firstLine(message)}`}`);
    this.status = status;
    this.code = code;
  }
}

/** `totalMs`: of a call with all its retries. */
export function createCallS3(client: S3Client, totalMs = defaultTotalMs): CallS3 {
  return async (operation, run) => {
    const abortSignal = AbortSignal.timeout(totalMs);
    try {
      return await run(client, { abortSignal });
    } catch (error) {
      if (abortSignal.aborted) throw new UnavailableError(`${operation}: no complete answer within ${totalMs} ms`);
      throw safeError(operation, error);
    }
  };
}

/** The SDK's endpoint rules find the bucket, in every partition; a configured endpoint has no host name per bucket. */
export function createS3Client(environment: AwsEnvironment, limits: Partial<S3HttpLimits> = {}): S3Client {
  const endpoint = givenEndpoint('S3', environment)?.href;
  const client = new S3Client({
    region: async () => regionOf(environment),
    credentials: async () => credentialsOf(environment),
    ...(endpoint !== undefined && { endpoint, forcePathStyle: true }),
    maxAttempts,
    // It would cost a round trip per part, and a connection of its own.
    expectContinueHeader: false,
    requestHandler: createS3HttpHandler({ ...defaultLimits, ...limits }),
  });
  client.middlewareStack.add(
    (next) => (args) => {
      if (isPut(args.request)) args.request.headers['x-amz-content-sha256'] = 'UNSIGNED-PAYLOAD';
      return next(args);
    },
    { step: 'build', name: 'leaveBodyUnsigned' },
  );
  return client;
}

/** TLS and the CRC32 protect its body; a SHA-256 would cost more than the rest of an upload. */
function isPut(request: unknown): request is { headers: Record<string, string> } {
  return typeof request === 'object' && request !== null && 'method' in request && request.method === 'PUT';
}

/** @throws for a key that would not survive in a URL, which drops the segments `.` and `..` */
export function assertKey(key: string): string {
  const isLost = key === '' || !key.isWellFormed() || key.split('/').some((part) => part === '.' || part === '..');
  if (isLost) throw new Error(`'${key}' cannot be a key`);
  return key;
}

/** Undefined if S3 answers with this code for "not found". A missing bucket is an error. */
export async function unlessMissing<T>(code: string, answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof S3Error && error.code === code) return undefined;
    throw error;
  }
}

/** The SDK's errors hold the answer and the request, with its session token: neither is kept, not even as the cause. */
function safeError(operation: string, error: unknown): Error {
  if (error instanceof S3Error) return error;
  if (error instanceof S3ServiceException) {
    const { $metadata, name: code, message } = error;
    const said = message === 'UnknownError' ? '' : message;
    return new S3Error(operation, { status: $metadata.httpStatusCode ?? 0, code, message: said });
  }
  if (!(error instanceof Error)) return new UnavailableError(`${operation}: ${error}`);
  const code = 'code' in error ? ` ${error.code}` : '';
  const words = `${operation}: ${error.name}${code}: ${firstLine(error.message)}`;
  // S3 is available, and would answer the same again: a retry is of no use.
  return error instanceof BodyTooLargeError ? new Error(words) : new UnavailableError(words);
}

/** Later lines may repeat the signed request. */
function firstLine(text: string): string {
  return text.split('\n', 1).join().slice(0, 300);
}
