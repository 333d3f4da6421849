// The receiver's Lambda: an API Gateway event in, an HTTP response out. Any failure before the queue has the message
// is a 503, so that the provider retries.
import middy from '@middy/core';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import { createLogger } from '../adapters/logger.ts';
import { createSecretReader } from '../adapters/secret.ts';
import { createSqsQueue } from '../adapters/sqs-queue.ts';
import { untilAborted } from '../domain/concurrency.ts';
import { receiverEnv } from './env.ts';
import { callbackRouteOf, requestOf, respond } from './http.ts';

// Runs on cold start only: the adapters are chosen here.
const env = receiverEnv.parse(process.env);
const clock = { now: () => new Date() };
const log = createLogger({ write: (line) => process.stdout.write(`${line}\n`), clock, stackName: env.STACK_NAME });
const deps = {
  queue: createSqsQueue(env.QUEUE_URL, process.env),
  readSecret: createSecretReader(env.SECRET_ID, process.env, { clock, log }),
  clock,
};

// Read the secret during the cold start, when no request waits yet. If that fails, the first request reads it again
// and reports the error.
deps.readSecret().catch(() => undefined);

// Runs for every request.
async function respondTo(
  event: APIGatewayProxyEventV2,
  { awsRequestId: requestId }: Context,
  { signal }: { signal: AbortSignal },
): Promise<APIGatewayProxyStructuredResultV2> {
  const startedAt = performance.now();
  const request = requestOf(event);
  const { method, body } = request;
  const { logEvent, handle } = callbackRouteOf(event.routeKey);
  const logFields = () => ({ requestId, method, bytes: body.length, ms: Math.round(performance.now() - startedAt) });
  try {
    const received = await untilAborted(handle(request, deps, signal), signal);
    const { outcome, taskId } = received;
    const reason = 'reason' in received ? received.reason : undefined;
    const tasks = 'tasks' in received ? received.tasks : undefined;
    log('info', logEvent, { ...logFields(), outcome, taskId, tasks, reason });
    return respond(received);
  } catch (error) {
    const detail = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    log('error', logEvent, { ...logFields(), outcome: 'unqueued', detail });
    return respond({ outcome: 'unqueued' });
  }
}

/**
 * Called by AWS. The provider waits 15 s; the response is sent within 10 (P1). middy aborts the handler this long
 * before the function's timeout of 11 s, through the signal, and sends this response.
 */
export const handler = middy<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2>({
  timeoutEarlyInMillis: 1_000,
  timeoutEarlyResponse: () => respond({ outcome: 'unqueued' }),
}).handler(respondTo);
