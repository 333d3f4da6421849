// API Gateway in, the route's story, HTTP out. Whatever goes wrong before the queue has the message is a 503: try again.
import middy from '@middy/core';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import { createJsonLog } from '../adapters/json-log.ts';
import { createSecretReader } from '../adapters/secret.ts';
import { createSqsQueue } from '../adapters/sqs-queue.ts';
import { receiverEnv } from './env.ts';
import { requestOf } from './request.ts';
import { respond } from './respond.ts';
import { routeOf } from './routes.ts';

const env = receiverEnv.parse(process.env);
const clock = { now: () => new Date() };
const log = createJsonLog((line) => process.stdout.write(`${line}\n`), clock);
const deps = {
  queue: createSqsQueue(env.QUEUE_URL, process.env),
  readSecret: createSecretReader(env.SECRET_ID, process.env, { clock, log }),
  clock,
};

// While the environment starts, nobody waits yet. Should it fail, the first request reads again, and tells.
deps.readSecret().catch(() => undefined);

async function answer(
  event: APIGatewayProxyEventV2,
  { awsRequestId }: Context,
  { signal }: { signal: AbortSignal },
): Promise<APIGatewayProxyStructuredResultV2> {
  const request = requestOf(event);
  const { method, body } = request;
  const { event: what, story } = routeOf(event.routeKey);
  try {
    const received = await story(request, deps, signal);
    const { outcome, taskId } = received;
    const reason = 'reason' in received ? received.reason : undefined;
    const tasks = 'tasks' in received ? received.tasks : undefined;
    log('info', what, { requestId: awsRequestId, method, outcome, taskId, tasks, reason, bytes: body.length });
    return respond(received);
  } catch (error) {
    const detail = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    log('error', what, { requestId: awsRequestId, method, outcome: 'unqueued', detail, bytes: body.length });
    return respond({ outcome: 'unqueued' });
  }
}

/**
 * The provider waits 15 s; the answer is there after 10 (P1). middy ends the handler this long before the function's own
 * timeout of 11 s, through the signal and with this answer.
 */
export const handler = middy<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2>({
  timeoutEarlyInMillis: 1_000,
  timeoutEarlyResponse: () => respond({ outcome: 'unqueued' }),
}).handler(answer);
