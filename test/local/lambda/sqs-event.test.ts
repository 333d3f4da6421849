import { expect, test } from 'vitest';
import { sqsEventOf } from '../../../local/lambda/event-source.ts';

test('a message becomes the record that Lambda makes of it', () => {
  const message = {
    MessageId: 'm',
    ReceiptHandle: 'r',
    Body: 'b',
    MD5OfBody: 'd',
    Attributes: { ApproximateReceiveCount: '2', SentTimestamp: '1', SenderId: 's' },
    MessageAttributes: {
      text: { DataType: 'String', StringValue: 'x' },
      bytes: { DataType: 'Binary', BinaryValue: Uint8Array.of(255, 0) },
    },
  };

  expect(sqsEventOf(message, 'arn:aws:sqs:us-east-1:000000000000:q')).toEqual({
    Records: [
      {
        messageId: 'm',
        receiptHandle: 'r',
        body: 'b',
        md5OfBody: 'd',
        attributes: {
          ApproximateReceiveCount: '2',
          SentTimestamp: '1',
          SenderId: 's',
          ApproximateFirstReceiveTimestamp: '0',
        },
        messageAttributes: {
          text: { dataType: 'String', stringValue: 'x', stringListValues: [], binaryListValues: [] },
          bytes: { dataType: 'Binary', binaryValue: '/wA=', stringListValues: [], binaryListValues: [] },
        },
        eventSource: 'aws:sqs',
        eventSourceARN: 'arn:aws:sqs:us-east-1:000000000000:q',
        awsRegion: 'us-east-1',
      },
    ],
  });
});
