// Converts results to HTTP responses: the table of docs/architecture.md.
import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { limits } from '../domain/limits.ts';
import type { Received } from './receive.ts';

type Answer = { statusCode: number; body: Record<string, string | number>; headers?: Record<string, string> };

const mebibytes = limits.callbackBytes / 1024 ** 2;

function answerTo(received: Received | { outcome: 'unqueued' }): Answer {
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

export function respond(received: Received | { outcome: 'unqueued' }): APIGatewayProxyStructuredResultV2 {
  const { statusCode, body, headers } = answerTo(received);
  return {
    statusCode,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store', ...headers },
    body: JSON.stringify(body),
  };
}
