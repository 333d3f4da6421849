import { expect, test } from 'vitest';
import { faultCode } from '../../../../functions/adapters/aws/fault-code.ts';

const s3 = '<?xml version="1.0" encoding="UTF-8"?>\n<Error>\n<Code>NoSuchUpload</Code><Message>m</Message></Error>';

test.each([
  ['S3, in XML', s3, undefined, 'NoSuchUpload'],
  [
    'SQS, with a namespace',
    '{"__type":"com.amazonaws.sqs#QueueDoesNotExist","message":"m"}',
    undefined,
    'QueueDoesNotExist',
  ],
  ['Secrets Manager', '{"Message":"m", "__type" : "AccessDeniedException"}', undefined, 'AccessDeniedException'],
  ['a gateway, in lower case', '{"code":"Throttling"}', undefined, 'Throttling'],
  ['a header, with an address', '', 'ThrottlingException:http://internal.amazon.com/coral/', 'ThrottlingException'],
  ['a header and a body', '{"__type":"Other"}', 'Named', 'Named'],
  ['nobody', '<html><body>busy</body></html>', undefined, undefined],
  ['a record that has a code', '<Code>NoSuchUpload</Code>', undefined, undefined],
])('the fault that %s names is known by its short name', (_, body, header, code) => {
  const headers = header === undefined ? {} : { 'x-amzn-errortype': header };

  expect(faultCode({ status: 400, headers, body: Buffer.from(body) })).toBe(code);
});
