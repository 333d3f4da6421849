import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { expect, test } from 'vitest';
import { requestOf } from '../../../functions/receiver/http.ts';
import { apiEvent } from '../../doubles/lambda.ts';

const event = (more: Partial<APIGatewayProxyEventV2>) => apiEvent({ token: 'the-token', ...more });

test('a body that API Gateway encoded is decoded byte for byte', () => {
  const bytes = Buffer.from([0xff, 0x00, 0x7b]);

  expect(requestOf(event({ body: bytes.toString('base64'), isBase64Encoded: true })).body).toEqual(bytes);
});

test('a body in text is taken as it is, with &, + and emoji', () => {
  expect(requestOf(event({ body: '{"a":"b&c+d 🎸"}' })).body.toString()).toBe('{"a":"b&c+d 🎸"}');
});

test('a request without a body, token or query is read as an empty one', () => {
  const request = requestOf(event({ pathParameters: undefined, queryStringParameters: undefined }));

  expect(request).toMatchObject({ token: '', labels: {}, body: Buffer.alloc(0) });
});

test('signature headers are found in any case', () => {
  const request = requestOf(event({ headers: { 'X-Webhook-Timestamp': '1', 'X-WEBHOOK-SIGNATURE': 's' } }));

  expect(request.signed).toEqual({ timestamp: '1', signature: 's' });
});

test('labels are bounded in number and length', () => {
  const many = Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`label-${index}`, 'x'.repeat(1000)]));

  const labels = Object.entries(requestOf(event({ queryStringParameters: many })).labels);

  expect(labels).toHaveLength(20);
  expect(labels.every(([, value]) => value.length === 200)).toBe(true);
});
