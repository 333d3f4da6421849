// The SDK's clients of the AWS services, made and tuned in one place: endpoints, credentials, retries and time limits.
// Every request of the functions to AWS goes through them: docs/decisions/0032.
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { S3Client } from '@aws-sdk/client-s3';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SQSClient } from '@aws-sdk/client-sqs';
import { UnavailableError } from '../../domain/errors.ts';
import { BodyTooLargeError, createHttpHandler, type HttpLimits, type HttpOptions } from './http-handler.ts';

/** The environment variables of a process. */
export type AwsEnvironment = Readonly<Record<string, string | undefined>>;

/** How often a request for media or records is sent. */
const s3Attempts = 4;
const s3Limits: HttpLimits = { connectMs: 5_000, idleMs: 30_000 };

/** For small requests, during which a provider or a queue waits. */
const smallAttempts = 3;
const smallLimits: HttpLimits = { connectMs: 2_000, idleMs: 5_000 };

export function createS3Client(environment: AwsEnvironment, limits: Partial<HttpLimits> = {}): S3Client {
  const endpoint = configuredEndpoint('S3', environment);
  const client = new S3Client({
    ...clientConfig(environment, { ...s3Limits, ...limits }, s3Attempts),
    // A configured endpoint has no host name per bucket.
    ...(endpoint !== undefined && { endpoint, forcePathStyle: true }),
    // It would cost a round trip per part, and a connection of its own.
    expectContinueHeader: false,
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

export function createSqsClient(environment: AwsEnvironment): SQSClient {
  const endpoint = configuredEndpoint('SQS', environment);
  return new SQSClient({
    ...clientConfig(environment, smallLimits, smallAttempts),
    ...(endpoint !== undefined && { endpoint }),
    // Otherwise the queue URL's host, which is that of its region.
    useQueueUrlAsEndpoint: endpoint === undefined,
  });
}

export function createSecretsManagerClient(environment: AwsEnvironment): SecretsManagerClient {
  const endpoint = configuredEndpoint('SECRETS_MANAGER', environment);
  return new SecretsManagerClient({
    ...clientConfig(environment, { ...smallLimits, idleMs: 3_000 }, smallAttempts),
    ...(endpoint !== undefined && { endpoint }),
  });
}

export function createEventBridgeClient(environment: AwsEnvironment): EventBridgeClient {
  const endpoint = configuredEndpoint('EVENTBRIDGE', environment);
  return new EventBridgeClient({
    ...clientConfig(environment, smallLimits, smallAttempts),
    ...(endpoint !== undefined && { endpoint }),
  });
}

const silentLogger = { trace() {}, debug() {}, info() {}, warn() {}, error() {} };

/** Without a configured endpoint the SDK's rules find it, in every partition. */
function clientConfig(environment: AwsEnvironment, limits: HttpLimits, maxAttempts: number) {
  return {
    region: async () => {
      const { AWS_REGION } = environment;
      if (!AWS_REGION) throw new Error('AWS_REGION must be set');
      return AWS_REGION;
    },
    // Read at the first request. The SDK's own chain of providers is not bundled: see infra/bundle.ts.
    credentials: async () => {
      const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN } = environment;
      if (!AWS_ACCESS_KEY_ID || !AWS_SECRET_ACCESS_KEY) {
        throw new Error('AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY must be set');
      }
      return {
        accessKeyId: AWS_ACCESS_KEY_ID,
        secretAccessKey: AWS_SECRET_ACCESS_KEY,
        ...(AWS_SESSION_TOKEN && { sessionToken: AWS_SESSION_TOKEN }),
      };
    },
    maxAttempts,
    retryMode: 'standard',
    defaultsMode: 'standard',
    // Given here, because the SDK would otherwise look into the files of ~/.aws, too.
    useDualstackEndpoint: environment.AWS_USE_DUALSTACK_ENDPOINT === 'true',
    useFipsEndpoint: environment.AWS_USE_FIPS_ENDPOINT === 'true',
    userAgentAppId: 'trackkeeper',
    requestHandler: createHttpHandler(limits),
    // The SDK would otherwise write advice to stderr, which is not JSON.
    logger: silentLogger,
  } as const;
}

/** The variables by which every AWS SDK takes an endpoint; `service` as they name it: `S3`, `SECRETS_MANAGER`. */
function configuredEndpoint(service: string, environment: AwsEnvironment): string | undefined {
  return environment[`AWS_ENDPOINT_URL_${service}`] || environment.AWS_ENDPOINT_URL || undefined;
}

/** TLS and the CRC32 protect its body; a SHA-256 would cost more than the rest of an upload. */
function isPut(request: unknown): request is { headers: Record<string, string> } {
  return typeof request === 'object' && request !== null && 'method' in request && request.method === 'PUT';
}

/** An error response of an AWS service. */
export class ServiceError extends UnavailableError {
  override name = 'ServiceError';
  readonly status: number;
  readonly code: string;

  constructor(operation: string, { status, code, message = '' }: { status: number; code: string; message?: string }) {
    super(`${operation}: ${status} ${code}${message && `: ${firstLine(message)}`}`);
    this.status = status;
    this.code = code;
  }
}

/**
 * `operation` names the call in errors: the command and the key. `run` must pass `options` on to `client.send`.
 * @throws ServiceError if the service refuses, or another UnavailableError if there was no usable response
 */
export type CallAws<Client> = <T>(
  operation: string,
  run: (client: Client, options: HttpOptions) => Promise<T>,
  signal?: AbortSignal,
) => Promise<T>;
export type CallS3 = CallAws<S3Client>;

/** Completing an upload of many parts may take S3 minutes, in which it sends a blank now and then. */
const longestCallMs = 300_000;

/** `totalMs`: the time limit of a call with all its retries. */
export function createCallAws<Client>(client: Client, totalMs = longestCallMs): CallAws<Client> {
  return async (operation, run, signal) => {
    const late = AbortSignal.timeout(totalMs);
    const abortSignal = signal === undefined ? late : AbortSignal.any([signal, late]);
    try {
      return await run(client, { abortSignal });
    } catch (error) {
      signal?.throwIfAborted();
      if (late.aborted) throw new UnavailableError(`${operation}: no complete response within ${totalMs} ms`);
      throw safeError(operation, error);
    }
  };
}

/**
 * The SDK's errors contain the response and the request, with its session token: neither is kept, not even as the
 * cause.
 */
function safeError(operation: string, error: unknown): Error {
  if (error instanceof ServiceError) return error;
  if (isServiceException(error)) {
    const { $metadata, name: code, message } = error;
    const said = message === 'UnknownError' ? '' : message;
    return new ServiceError(operation, { status: $metadata.httpStatusCode ?? 0, code, message: said });
  }
  if (!(error instanceof Error)) return new UnavailableError(`${operation}: ${error}`);
  const code = 'code' in error ? ` ${error.code}` : '';
  const words = `${operation}: ${error.name}${code}: ${firstLine(error.message)}`;
  // The service is available and would respond the same again: a retry would not help.
  return error instanceof BodyTooLargeError ? new Error(words) : new UnavailableError(words);
}

/** Each client package has its own class for these. */
function isServiceException(error: unknown): error is Error & { $metadata: { httpStatusCode?: number } } {
  return error instanceof Error && '$fault' in error && '$metadata' in error;
}

/** Later lines may repeat the signed request. */
function firstLine(text: string): string {
  return text.split('\n', 1).join().slice(0, 300);
}
