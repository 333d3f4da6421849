// HTTP: API Gateway events to requests, and outcomes to responses (the table of docs/architecture.md).
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { boundedLabels } from '../domain/labels.ts';
import { limits } from '../domain/limits.ts';
import { expectTasks } from './expect-tasks.ts';
import { type CallbackRequest, type ReceiveDeps, type ReceiveOutcome, receive } from './receive.ts';

export function respond(received: ReceiveOutcome | { outcome: 'unqueued' }): APIGatewayProxyStructuredResultV2 {
  const { statusCode, body, headers } = answerTo(received);
  return {
    statusCode,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store', ...headers },
    body: JSON.stringify(body),
  };
}

type Answer = { statusCode: number; body: Record<string, string | number>; headers?: Record<string, string> };

const mebibytes = limits.callbackBytes / 1024 ** 2;

function answerTo(received: ReceiveOutcome | { outcome: 'unqueued' }): Answer {
  switch (received.outcome) {
    case 'ready':
      return { statusCode: 200, body: { status: 'ready' } };
    case 'received':
      return { statusCode: 200, body: { status: 'received' } };
    case 'quarantined':
      // An error response would waste one of the provider's three tries and gain nothing.
      return { statusCode: 200, body: { status: 'quarantined', reason: received.reason } };
    case 'expected':
      return { statusCode: 202, body: { status: 'expected', tasks: received.tasks } };
    case 'unknown-path':
    case 'unknown-token':
      // The same response as API Gateway's for an unknown path.
      return { statusCode: 404, body: { message: 'Not Found' } };
    case 'refused':
      return { statusCode: 400, body: { status: 'refused', reason: received.reason } };
    case 'unsigned':
      return { statusCode: 401, body: { status: 'refused', reason: received.reason } };
    case 'too-large':
      return {
        statusCode: 413,
        body: { status: 'refused', reason: `the body is over ${mebibytes} MiB, or does not fit the queue` },
      };
    case 'too-many':
      return {
        statusCode: 413,
        body: {
          status: 'refused',
          reason: 'more than fits one message of the queue: send fewer tasks in each request',
        },
      };
    case 'unqueued':
      return { statusCode: 503, headers: { 'retry-after': '5' }, body: { status: 'unavailable', reason: 'try again' } };
  }
}

// Maps API Gateway's route key to the function that handles the request.

type Route = {
  /** The name of the log event. */
  logEvent: 'callback' | 'expected';
  handle: (
    request: CallbackRequest,
    deps: ReceiveDeps,
    signal: AbortSignal,
  ) => Promise<ReceiveOutcome & { taskId?: string | null }>;
};

const callback: Route = { logEvent: 'callback', handle: receive };

const routes = new Map<string, Route>([
  ['GET /callbacks/{token}', callback],
  ['POST /callbacks/{token}', callback],
  ['POST /tasks/{token}', { logEvent: 'expected', handle: expectTasks }],
]);

/** `$default`: any other path or method. */
const nowhere: Route = { logEvent: 'callback', handle: async () => ({ outcome: 'unknown-path' }) };

export function callbackRouteOf(routeKey: string): Route {
  return routes.get(routeKey) ?? nowhere;
}

// Converts API Gateway's event into a CallbackRequest, with the body byte for byte.

export function requestOf(event: APIGatewayProxyEventV2): CallbackRequest {
  const header = new Map(Object.entries(event.headers).map(([name, value]) => [name.toLowerCase(), value]));
  return {
    method: event.requestContext.http.method,
    token: event.pathParameters?.token ?? '',
    body: Buffer.from(event.body ?? '', event.isBase64Encoded ? 'base64' : 'utf8'),
    labels: boundedLabels(
      Object.entries(event.queryStringParameters ?? {}).map(([name, value = '']) => [name, value] as const),
    ),
    signed: { timestamp: header.get('x-webhook-timestamp'), signature: header.get('x-webhook-signature') },
  };
}
