// API Gateway's event to what the story needs, byte for byte.
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import type { CallbackRequest } from './receive.ts';

/** Labels come from the URL that the owner made; these bounds keep a stranger's from filling records. */
const maxLabels = 20;
const maxLabelLength = 200;

export function requestOf(event: APIGatewayProxyEventV2): CallbackRequest {
  const header = new Map(Object.entries(event.headers).map(([name, value]) => [name.toLowerCase(), value]));
  return {
    method: event.requestContext.http.method,
    token: event.pathParameters?.token ?? '',
    body: Buffer.from(event.body ?? '', event.isBase64Encoded ? 'base64' : 'utf8'),
    labels: labelsOf(event.queryStringParameters ?? {}),
    signed: { timestamp: header.get('x-webhook-timestamp'), signature: header.get('x-webhook-signature') },
  };
}

function labelsOf(parameters: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const bounded = Object.entries(parameters)
    .slice(0, maxLabels)
    .map(([name, value]) => [name.slice(0, maxLabelLength), (value ?? '').slice(0, maxLabelLength)] as const);
  return Object.fromEntries(bounded.filter(([name]) => name !== '__proto__'));
}
