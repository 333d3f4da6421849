// Converts API Gateway's event into a CallbackRequest, with the body byte for byte.
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { boundedLabels } from '../domain/labels.ts';
import type { CallbackRequest } from './receive.ts';

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
