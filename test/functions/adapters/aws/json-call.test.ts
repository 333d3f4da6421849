import { expect, test } from 'vitest';
import { createJsonCall } from '../../../../functions/adapters/aws/json-call.ts';
import type { AwsRequest } from '../../../../functions/adapters/aws/sender.ts';
import type { HttpAnswer } from '../../../../functions/adapters/http/answer.ts';
import { UnavailableError } from '../../../../functions/domain/errors.ts';

const url = new URL('https://sqs.eu-west-1.amazonaws.com/');

function callAnswered(status: number, body: string, headers: HttpAnswer['headers'] = {}) {
  const sent: AwsRequest[] = [];
  const service = { service: 'sqs', target: 'AmazonSQS', version: '1.0' as const, url };
  const call = createJsonCall(async (request) => {
    sent.push(request);
    return { status, headers, body: Buffer.from(body) };
  }, service);
  return { call, sent };
}

test('an operation is a POST that names it', async () => {
  const { call, sent } = callAnswered(200, '{"MessageId":"1"}');

  expect(await call('SendMessage', { MessageBody: 'ü' })).toEqual({ MessageId: '1' });
  expect(sent).toMatchObject([
    {
      service: 'sqs',
      method: 'POST',
      url,
      headers: { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': 'AmazonSQS.SendMessage' },
      body: [Buffer.from('{"MessageBody":"ü"}')],
      payload: 'signed',
    },
  ]);
});

test('an answer that is no JSON is no answer', async () => {
  expect(await callAnswered(200, '<html>').call('SendMessage', {})).toBeUndefined();
});

const jsonFault = (type: string, message: string) => JSON.stringify({ __type: type, message });

test.each([
  ['with a namespace', 400, jsonFault('com.amazonaws.sqs#QueueDoesNotExist', 'gone'), '400 QueueDoesNotExist gone'],
  ['without words', 500, '{"__type":"InternalFailure"}', '500 InternalFailure'],
  ['in capitals', 400, '{"__type":"AccessDenied","Message":"no"}', '400 AccessDenied no'],
  ['that is a page', 503, '<html>busy</html>', '503'],
  ['that is nothing', 502, '', '502'],
  ['that is null', 400, 'null', '400'],
  ['of many words', 400, jsonFault('A', 'x'.repeat(1000)), `400 A ${'x'.repeat(300)}`],
])('a refusal %s says what the service calls it', async (_, status, body, words) => {
  await expect(callAnswered(status, body).call('SendMessage', {})).rejects.toThrow(
    new UnavailableError(`SendMessage: ${words}`),
  );
});

test('a refused signature does not bring the session token into the log', async () => {
  // SQS repeats the request that it would have signed.
  const message =
    'The signature does not match.\n\nThe Canonical String should have been\nx-amz-security-token:SESSION';
  const { call } = callAnswered(403, jsonFault('InvalidSignatureException', message));

  await expect(call('SendMessage', {})).rejects.toThrow(
    new UnavailableError('SendMessage: 403 InvalidSignatureException The signature does not match.'),
  );
});
