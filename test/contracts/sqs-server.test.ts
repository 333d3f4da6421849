// What the local SQS promises beyond single requests: long polls, restarts, faults on demand, and bad requests.

import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { GetQueueUrlCommand, ListQueuesCommand } from '@aws-sdk/client-sqs';
import { describe, expect, test } from 'vitest';
import type { JsonFault } from '../../local/aws-json.ts';
import { readJournal } from '../../local/sqs/state.ts';
import { bodies, setUpSqs } from './sqs-setup.ts';

describe('long polling', () => {
  const wait = { WaitTimeSeconds: 20 };

  test('an empty queue is waited for as long as the receiver asked', async () => {
    const sqs = await setUpSqs();
    const { QueueUrl } = await sqs.createQueue();
    const begin = performance.now();

    expect(await sqs.receive(QueueUrl, { WaitTimeSeconds: 1 })).toEqual([]);

    expect(performance.now() - begin).toBeGreaterThanOrEqual(1000);
  });

  test('a waiting receiver gets a message as soon as it is sent', async () => {
    const sqs = await setUpSqs();
    const { QueueUrl } = await sqs.createQueue();
    const begin = performance.now();
    const arrived = sqs.arrived('ReceiveMessage');
    const poll = sqs.receive(QueueUrl, wait);
    await arrived;

    await sqs.send(QueueUrl, 'awaited');

    expect(bodies(await poll)).toEqual(['awaited']);
    expect(performance.now() - begin).toBeLessThan(5000);
  });

  test('a waiting receiver gets a message when it comes into sight again', async () => {
    const sqs = await setUpSqs();
    const { QueueUrl } = await sqs.createQueue({ VisibilityTimeout: '1' });
    await sqs.send(QueueUrl, 'x');
    await sqs.receive(QueueUrl);
    const begin = performance.now();
    const arrived = sqs.arrived('ReceiveMessage');
    const poll = sqs.receive(QueueUrl, wait);
    await arrived;

    sqs.passSeconds(1);

    expect(bodies(await poll)).toEqual(['x']);
    expect(performance.now() - begin).toBeLessThan(5000);
  });

  test('a receiver that left takes no message with it', async () => {
    const sqs = await setUpSqs();
    const { QueueUrl } = await sqs.createQueue();
    const leaving = new AbortController();
    const arrived = sqs.arrived('ReceiveMessage');
    const poll = sqs.receive(QueueUrl, wait, leaving.signal);
    await arrived;

    leaving.abort();
    await expect(poll).rejects.toMatchObject({ name: 'AbortError' });
    // One round trip later the server has seen the connection end.
    await sqs.sdk().send(new GetQueueUrlCommand({ QueueName: 'tasks' }));
    await sqs.send(QueueUrl, 'x');

    expect(await sqs.receive(QueueUrl)).toMatchObject([{ Attributes: { ApproximateReceiveCount: '1' } }]);
  });

  test('stopping the server ends the polls that wait on it', async () => {
    const sqs = await setUpSqs();
    const { QueueUrl } = await sqs.createQueue();
    const arrived = sqs.arrived('ReceiveMessage');
    const poll = expect(sqs.receive(QueueUrl, wait)).rejects.toThrow();
    await arrived;

    await sqs.restart();

    await poll;
  });
});

describe('a restart', () => {
  test('keeps queues and messages with their receive counts, delays and visibility', async () => {
    const sqs = await setUpSqs();
    const { QueueUrl } = await sqs.createQueue({ VisibilityTimeout: '60' });
    const body = 'a verse \u2028 another \n and a third';
    await sqs.send(QueueUrl, body, { MessageAttributes: { a: { DataType: 'String', StringValue: '1' } } });
    await sqs.send(QueueUrl, 'deleted');
    const [held, deleted] = await sqs.receive(QueueUrl);
    await sqs.remove(QueueUrl, deleted?.ReceiptHandle);
    await sqs.send(QueueUrl, 'delayed', { DelaySeconds: 30 });

    await sqs.restart();

    expect(await sqs.attributes(QueueUrl)).toMatchObject({ VisibilityTimeout: '60' });
    expect(await sqs.receive(QueueUrl)).toEqual([]);
    sqs.passSeconds(30);
    expect(bodies(await sqs.receive(QueueUrl))).toEqual(['delayed']);
    sqs.passSeconds(30);
    const [again] = await sqs.receive(QueueUrl);
    expect(again).toMatchObject({
      MessageId: held?.MessageId,
      Body: body,
      MessageAttributes: held?.MessageAttributes,
      Attributes: { ...held?.Attributes, ApproximateReceiveCount: '2' },
    });
  });

  test('leaves the receiver of a message in charge of it', async () => {
    const sqs = await setUpSqs();
    const { QueueUrl } = await sqs.createQueue();
    await sqs.send(QueueUrl, 'x');
    const [message] = await sqs.receive(QueueUrl);

    await sqs.restart();
    await sqs.remove(QueueUrl, message?.ReceiptHandle);

    sqs.passSeconds(3600);
    expect(await sqs.receive(QueueUrl)).toEqual([]);
  });

  test('shortens the journal to what is left', async () => {
    const sqs = await setUpSqs();
    const { QueueUrl } = await sqs.createQueue();
    for (let turn = 0; turn < 5; turn++) {
      await sqs.send(QueueUrl, 'x');
      const [message] = await sqs.receive(QueueUrl);
      await sqs.remove(QueueUrl, message?.ReceiptHandle);
    }

    await sqs.restart();

    expect(readJournal(sqs.file)).toMatchObject([{ kind: 'queue', settings: { name: 'tasks' } }]);
  });

  test('passes over a last line that was not written to its end', async () => {
    const sqs = await setUpSqs();
    const { QueueUrl } = await sqs.createQueue();
    await sqs.send(QueueUrl, 'whole');

    await sqs.restart(() => appendFileSync(sqs.file, '[{"kind":"message","queue":"tasks","mess'));
    await sqs.send(QueueUrl, 'after it');
    await sqs.restart();

    expect(bodies(await sqs.receive(QueueUrl))).toEqual(['whole', 'after it']);
  });

  test('does not begin on a journal that is broken elsewhere, and says where it is', async () => {
    const sqs = await setUpSqs();
    await sqs.createQueue();
    const good = readFileSync(sqs.file, 'utf8');
    writeFileSync(sqs.file, `${good}[{"ki\n${good}`);

    expect(() => readJournal(sqs.file)).toThrow(`${sqs.file}:2 is not a line of JSON. Remove that line`);
  });
});

describe('a fault', () => {
  const sending =
    (fault: ReturnType<JsonFault>): JsonFault =>
    ({ operation }) =>
      operation === 'SendMessage' ? fault : undefined;

  test('answers an error in place of the operation', async () => {
    const sqs = await setUpSqs({ fault: sending({ status: 503, code: 'ServiceUnavailable' }) });
    const { QueueUrl } = await sqs.createQueue();

    const refusal = { name: 'ServiceUnavailable', $metadata: { httpStatusCode: 503 } };
    await expect(sqs.send(QueueUrl, 'x')).rejects.toMatchObject(refusal);

    expect(await sqs.receive(QueueUrl)).toEqual([]);
  });

  test('cuts the connection after the operation, so that only its answer is lost', async () => {
    const sqs = await setUpSqs({ fault: sending('cut') });
    const { QueueUrl } = await sqs.createQueue();

    await expect(sqs.send(QueueUrl, 'x')).rejects.toThrow();

    expect(bodies(await sqs.receive(QueueUrl))).toEqual(['x']);
  });

  test('hangs without doing anything, until the server is stopped', async () => {
    const sqs = await setUpSqs({ fault: sending('hang') });
    const { QueueUrl } = await sqs.createQueue();
    const arrived = sqs.arrived('SendMessage');
    const lost = expect(sqs.send(QueueUrl, 'x')).rejects.toThrow();
    await arrived;

    expect(await sqs.receive(QueueUrl)).toEqual([]);
    await sqs.restart();

    await lost;
    expect(await sqs.receive(QueueUrl)).toEqual([]);
  });
});

describe('a request that is not understood', () => {
  const post = (url: string, target: string, body: string) =>
    fetch(url, { method: 'POST', headers: { 'x-amz-target': target }, body });

  test('for an operation that is not there is refused with the list of those that are', async () => {
    const sqs = await setUpSqs();

    await expect(sqs.sdk().send(new ListQueuesCommand())).rejects.toMatchObject({
      name: 'UnknownOperationException',
      message: expect.stringMatching(/^ListQueues was requested, but .* CreateQueue, .*ReceiveMessage/),
    });
  });

  test.each([
    ['text that is no JSON', 'AmazonSQS.SendMessage', '{', 'SerializationException'],
    ['JSON that is no object', 'AmazonSQS.SendMessage', '[]', 'SerializationException'],
    ['a parameter of the wrong type', 'AmazonSQS.GetQueueUrl', '{"QueueName":{}}', 'InvalidParameterValue'],
    ['a missing parameter', 'AmazonSQS.GetQueueUrl', '{}', 'MissingParameter'],
    ['the name of something every object has', 'AmazonSQS.constructor', '{}', 'UnknownOperationException'],
    ['another service', 'secretsmanager.SendMessage', '{}', 'UnknownOperationException'],
  ])('for holding %s is refused in the way of AWS', async (_, target, body, code) => {
    const sqs = await setUpSqs();

    const response = await post(sqs.url(), target, body);

    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ __type: `com.amazonaws.sqs#${code}`, message: expect.any(String) });
  });

  test('for its length is refused', async () => {
    const sqs = await setUpSqs();

    const response = await post(sqs.url(), 'AmazonSQS.SendMessage', 'x'.repeat(17 * 1_048_576));

    expect(response.status).toBe(413);
  });
});
