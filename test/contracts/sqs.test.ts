// What the local SQS promises to the product, in the words of the real SDK: queues and messages.

import { createHash } from 'node:crypto';
import {
  GetQueueUrlCommand,
  PurgeQueueCommand,
  SendMessageBatchCommand,
  SetQueueAttributesCommand,
} from '@aws-sdk/client-sqs';
import { describe, expect, test } from 'vitest';
import { bodies, redriveTo, setUpSqs } from './sqs-setup.ts';

const MiB = 1_048_576;
const refused = (name: string) => expect.objectContaining({ name });

describe('queues', () => {
  test('a queue is made once, found by its name and known by its attributes', async () => {
    const sqs = await setUpSqs();

    const made = await sqs.createQueue({ VisibilityTimeout: '5' });
    const again = await sqs.createQueue({ VisibilityTimeout: '5' });
    const found = await sqs.sdk().send(new GetQueueUrlCommand({ QueueName: 'tasks' }));

    expect([again.QueueUrl, found.QueueUrl]).toEqual([made.QueueUrl, made.QueueUrl]);
    expect(await sqs.attributes(made.QueueUrl)).toMatchObject({
      QueueArn: 'arn:aws:sqs:us-east-1:000000000000:tasks',
      VisibilityTimeout: '5',
      MaximumMessageSize: String(MiB),
      MessageRetentionPeriod: '345600',
      CreatedTimestamp: String(sqs.now() / 1000),
    });
  });

  test('a queue that is there is not made again with other attributes', async () => {
    const sqs = await setUpSqs();
    await sqs.createQueue({ VisibilityTimeout: '5' });

    await expect(sqs.createQueue({ VisibilityTimeout: '6' })).rejects.toEqual(refused('QueueNameExists'));
  });

  test('a queue that is not there is said to be missing, whatever is asked of it', async () => {
    const sqs = await setUpSqs();
    const missing = `${sqs.url()}/000000000000/missing`;

    await expect(sqs.sdk().send(new GetQueueUrlCommand({ QueueName: 'missing' }))).rejects.toEqual(
      refused('QueueDoesNotExist'),
    );
    await expect(sqs.send(missing, 'body')).rejects.toEqual(refused('QueueDoesNotExist'));
    await expect(sqs.receive(missing)).rejects.toEqual(refused('QueueDoesNotExist'));
  });

  const deadLetters = 'arn:aws:sqs:us-east-1:000000000000:missing';
  test.each([
    ['a visibility timeout over 12 hours', { VisibilityTimeout: '43201' }, 'InvalidAttributeValue'],
    ['a delay over 15 minutes', { DelaySeconds: '901' }, 'InvalidAttributeValue'],
    ['a retention under a minute', { MessageRetentionPeriod: '59' }, 'InvalidAttributeValue'],
    ['a retention over 14 days', { MessageRetentionPeriod: '1209601' }, 'InvalidAttributeValue'],
    ['a size over 1 MiB', { MaximumMessageSize: '1048577' }, 'InvalidAttributeValue'],
    ['a wait over 20 seconds', { ReceiveMessageWaitTimeSeconds: '21' }, 'InvalidAttributeValue'],
    ['a number that is none', { VisibilityTimeout: 'long' }, 'InvalidAttributeValue'],
    ['an attribute that SQS does not have', { Colour: 'blue' }, 'InvalidAttributeName'],
    ['a dead-letter queue that is missing', redriveTo(deadLetters, 3), 'InvalidParameterValue'],
    ['no receive before giving up', redriveTo(deadLetters, 0), 'InvalidParameterValue'],
    ['a redrive policy that is no JSON', { RedrivePolicy: '{' }, 'InvalidParameterValue'],
    ['the FIFO kind, which the local SQS does not have', { FifoQueue: 'true' }, 'UnsupportedOperation'],
  ])('a queue is refused with %s', async (_, attributes, name) => {
    const sqs = await setUpSqs();

    await expect(sqs.createQueue(attributes)).rejects.toEqual(refused(name));
  });

  test('attributes are changed one by one, and taken away by an empty value', async () => {
    const sqs = await setUpSqs();
    const { arn } = await sqs.createQueue({}, 'dead');
    const { QueueUrl } = await sqs.createQueue({ DelaySeconds: '7', ...redriveTo(arn, 3) });

    const Attributes = { VisibilityTimeout: '77', RedrivePolicy: '' };
    await sqs.sdk().send(new SetQueueAttributesCommand({ QueueUrl, Attributes }));

    const attributes = await sqs.attributes(QueueUrl);
    expect(attributes).toMatchObject({ VisibilityTimeout: '77', DelaySeconds: '7' });
    expect(attributes).not.toHaveProperty('RedrivePolicy');
  });

  test('purging removes every message, also those in flight', async () => {
    const sqs = await setUpSqs();
    const { QueueUrl } = await sqs.createQueue();
    await sqs.send(QueueUrl, 'in flight');
    await sqs.receive(QueueUrl);
    await sqs.send(QueueUrl, 'waiting');

    await sqs.sdk().send(new PurgeQueueCommand({ QueueUrl }));

    sqs.passSeconds(3600);
    expect(await sqs.receive(QueueUrl)).toEqual([]);
  });

  test('messages are counted as visible, in flight and delayed', async () => {
    const sqs = await setUpSqs();
    const { QueueUrl } = await sqs.createQueue();
    await sqs.send(QueueUrl, 'received');
    await sqs.receive(QueueUrl);
    await sqs.send(QueueUrl, 'waiting');
    await sqs.send(QueueUrl, 'delayed', { DelaySeconds: 30 });

    expect(await sqs.attributes(QueueUrl)).toMatchObject({
      ApproximateNumberOfMessages: '1',
      ApproximateNumberOfMessagesNotVisible: '1',
      ApproximateNumberOfMessagesDelayed: '1',
    });
  });
});

describe('sending', () => {
  test('a message arrives as it was sent, with its digests and what SQS adds', async () => {
    const sqs = await setUpSqs();
    const { QueueUrl } = await sqs.createQueue();
    const body = 'a&b+c="ü" \u2028 🎵\t\r\n';
    const timestamp = { DataType: 'Number', StringValue: '1493147359900' };

    const sent = await sqs.send(QueueUrl, body, { MessageAttributes: { timestamp } });
    sqs.passSeconds(2);
    const [message] = await sqs.receive(QueueUrl);

    const md5 = createHash('md5').update(body).digest('hex');
    // The digest that SQS itself gave for this attribute, as several emulators' tests have it.
    const md5OfAttributes = '235c5c510d26fb653d073faed50ae77c';
    expect(sent).toMatchObject({ MD5OfMessageBody: md5, MD5OfMessageAttributes: md5OfAttributes });
    expect(message).toMatchObject({
      MessageId: sent.MessageId,
      Body: body,
      MD5OfBody: md5,
      MD5OfMessageAttributes: md5OfAttributes,
      MessageAttributes: { timestamp },
      Attributes: {
        SenderId: expect.any(String),
        SentTimestamp: String(sqs.now() - 2000),
        ApproximateFirstReceiveTimestamp: String(sqs.now()),
        ApproximateReceiveCount: '1',
      },
    });
  });

  test('a receiver gets the attributes that it asks for, and no others', async () => {
    const sqs = await setUpSqs();
    const { QueueUrl } = await sqs.createQueue();
    const a = { DataType: 'String', StringValue: '1' };
    const b = { DataType: 'Binary', BinaryValue: Buffer.of(0, 255) };
    await sqs.send(QueueUrl, 'x', { MessageAttributes: { a, b } });

    const [message] = await sqs.receive(QueueUrl, {
      MessageAttributeNames: ['b'],
      MessageSystemAttributeNames: ['ApproximateReceiveCount'],
    });

    expect(Object.keys(message?.MessageAttributes ?? {})).toEqual(['b']);
    expect(message?.MessageAttributes?.b?.BinaryValue).toEqual(new Uint8Array([0, 255]));
    expect(message?.Attributes).toEqual({ ApproximateReceiveCount: '1' });
  });

  test('a message of exactly 1 MiB is taken and given back whole', async () => {
    const sqs = await setUpSqs();
    const { QueueUrl } = await sqs.createQueue();
    const body = `${'ü'.repeat(MiB / 2 - 1)}ab`;

    await sqs.send(QueueUrl, body);

    expect(bodies(await sqs.receive(QueueUrl)).map((received) => received === body)).toEqual([true]);
  });

  const attribute = (StringValue: string) => ({ MessageAttributes: { a: { DataType: 'String', StringValue } } });
  test.each([
    ['of 1 MiB and a byte', 'x'.repeat(MiB + 1), {}, 'InvalidParameterValue'],
    ['that its attributes make too long', 'x'.repeat(MiB - 7), attribute('1'), 'InvalidParameterValue'],
    ['with a control character', 'x\u0001', {}, 'InvalidMessageContents'],
    ['with half a surrogate pair', 'x\ud800y', {}, 'InvalidMessageContents'],
    ['with U+FFFF', '\uffff', {}, 'InvalidMessageContents'],
    ['with a control character in an attribute', 'x', attribute('\u0000'), 'InvalidMessageContents'],
    ['without a body', '', {}, 'MissingParameter'],
    ['with a delay over 15 minutes', 'x', { DelaySeconds: 901 }, 'InvalidParameterValue'],
    ['with a delay below zero', 'x', { DelaySeconds: -1 }, 'InvalidParameterValue'],
    ['with an empty attribute', 'x', attribute(''), 'InvalidParameterValue'],
    ['with a group of 129 characters', 'x', { MessageGroupId: 'g'.repeat(129) }, 'InvalidParameterValue'],
    ['with a group that has a space', 'x', { MessageGroupId: 'a group' }, 'InvalidParameterValue'],
    ['with what only FIFO queues know', 'x', { MessageDeduplicationId: 'a' }, 'UnsupportedOperation'],
  ])('a message %s is refused and not kept', async (_, body, more, name) => {
    const sqs = await setUpSqs();
    const { QueueUrl } = await sqs.createQueue();

    await expect(sqs.send(QueueUrl, body, more)).rejects.toEqual(refused(name));

    expect(await sqs.receive(QueueUrl)).toEqual([]);
  });

  test('the good messages of a batch are taken, the bad ones named', async () => {
    const sqs = await setUpSqs();
    const { QueueUrl } = await sqs.createQueue();
    const Entries = [
      { Id: 'good', MessageBody: 'fine' },
      { Id: 'bad', MessageBody: 'x\u0001' },
      { Id: 'late', MessageBody: 'x', DelaySeconds: 901 },
    ];

    const answer = await sqs.sdk().send(new SendMessageBatchCommand({ QueueUrl, Entries }));

    expect(answer.Successful?.map(({ Id }) => Id)).toEqual(['good']);
    expect(answer.Failed).toMatchObject([
      { Id: 'bad', SenderFault: true, Code: 'InvalidMessageContents' },
      { Id: 'late', SenderFault: true, Code: 'InvalidParameterValue' },
    ]);
    expect(bodies(await sqs.receive(QueueUrl))).toEqual(['fine']);
  });

  const entry = (Id: string, bytes = 1) => ({ Id, MessageBody: 'x'.repeat(bytes) });
  test.each([
    ['without entries', [], 'EmptyBatchRequest'],
    ['of eleven entries', Array.from({ length: 11 }, (_, index) => entry(`${index}`)), 'TooManyEntriesInBatchRequest'],
    ['with an id twice', [entry('a'), entry('a')], 'BatchEntryIdsNotDistinct'],
    ['with an id that is none', [entry('a b')], 'InvalidBatchEntryId'],
    ['of more than 1 MiB together', [entry('a', MiB / 2), entry('b', MiB / 2 + 1)], 'BatchRequestTooLong'],
  ])('a batch %s is refused and nothing of it kept', async (_, Entries, name) => {
    const sqs = await setUpSqs();
    const { QueueUrl } = await sqs.createQueue();

    await expect(sqs.sdk().send(new SendMessageBatchCommand({ QueueUrl, Entries }))).rejects.toEqual(refused(name));

    expect(await sqs.receive(QueueUrl)).toEqual([]);
  });
});
