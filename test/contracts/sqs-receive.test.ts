// What the local SQS promises to the product, in the words of the real SDK: who receives a message, when, and how
// often.

import { ListMessageMoveTasksCommand, StartMessageMoveTaskCommand } from '@aws-sdk/client-sqs';
import { describe, expect, test } from 'vitest';
import { bodies, redriveTo, type SqsSetup, setUpSqs } from './sqs-setup.ts';

const refused = (name: string) => expect.objectContaining({ name });

describe('visibility', () => {
  test('a received message is hidden until its time is up, and then counts one receive more', async () => {
    const sqs = await setUpSqs();
    const { QueueUrl } = await sqs.createQueue({ VisibilityTimeout: '10' });
    await sqs.send(QueueUrl, 'x');
    const [first] = await sqs.receive(QueueUrl);

    sqs.passSeconds(9.999);
    const early = await sqs.receive(QueueUrl);
    sqs.passSeconds(0.001);
    const [second] = await sqs.receive(QueueUrl);

    expect(early).toEqual([]);
    expect(second?.Attributes?.ApproximateReceiveCount).toBe('2');
    expect(second?.ReceiptHandle).not.toBe(first?.ReceiptHandle);
  });

  test('a receive may hide its messages for a time of its own', async () => {
    const sqs = await setUpSqs();
    const { QueueUrl } = await sqs.createQueue({ VisibilityTimeout: '10' });
    await sqs.send(QueueUrl, 'x');

    await sqs.receive(QueueUrl, { VisibilityTimeout: 60 });

    sqs.passSeconds(59);
    expect(await sqs.receive(QueueUrl)).toEqual([]);
    sqs.passSeconds(1);
    expect(bodies(await sqs.receive(QueueUrl))).toEqual(['x']);
  });

  test('a delayed message comes into sight after its delay, its own before that of the queue', async () => {
    const sqs = await setUpSqs();
    const { QueueUrl } = await sqs.createQueue({ DelaySeconds: '5' });
    await sqs.send(QueueUrl, 'as the queue says');
    await sqs.send(QueueUrl, 'at once', { DelaySeconds: 0 });
    await sqs.send(QueueUrl, 'later', { DelaySeconds: 900 });

    expect(bodies(await sqs.receive(QueueUrl))).toEqual(['at once']);
    sqs.passSeconds(5);
    expect(bodies(await sqs.receive(QueueUrl))).toEqual(['as the queue says']);
    sqs.passSeconds(894);
    expect(bodies(await sqs.receive(QueueUrl))).not.toContain('later');
    sqs.passSeconds(1);
    expect(bodies(await sqs.receive(QueueUrl))).toContain('later');
  });

  test('a receiver gets one message unless it asks for more, and never more than it asks for', async () => {
    const sqs = await setUpSqs();
    const { QueueUrl } = await sqs.createQueue();
    for (const body of ['1', '2', '3', '4']) await sqs.send(QueueUrl, body);

    expect(bodies(await sqs.receive(QueueUrl, { MaxNumberOfMessages: undefined }))).toEqual(['1']);
    expect(bodies(await sqs.receive(QueueUrl, { MaxNumberOfMessages: 2 }))).toEqual(['2', '3']);
  });

  test.each([
    ['no messages', { MaxNumberOfMessages: 0 }],
    ['eleven messages', { MaxNumberOfMessages: 11 }],
    ['a wait of 21 seconds', { WaitTimeSeconds: 21 }],
    ['a visibility timeout over 12 hours', { VisibilityTimeout: 43_201 }],
  ])('a receive that asks for %s is refused', async (_, more) => {
    const sqs = await setUpSqs();
    const { QueueUrl } = await sqs.createQueue();

    await expect(sqs.receive(QueueUrl, more)).rejects.toEqual(refused('InvalidParameterValue'));
  });

  test('a receiver may keep a message longer, or give it back at once', async () => {
    const sqs = await setUpSqs();
    const { QueueUrl } = await sqs.createQueue({ VisibilityTimeout: '10' });
    await sqs.send(QueueUrl, 'x');
    const [message] = await sqs.receive(QueueUrl);

    await sqs.hide(QueueUrl, message?.ReceiptHandle, 30);
    sqs.passSeconds(29);
    expect(await sqs.receive(QueueUrl)).toEqual([]);
    await sqs.hide(QueueUrl, message?.ReceiptHandle, 0);
    expect(bodies(await sqs.receive(QueueUrl))).toEqual(['x']);
  });

  test('only who holds a message may change how long it is hidden, and for 12 hours at most', async () => {
    const sqs = await setUpSqs();
    const { QueueUrl } = await sqs.createQueue({ VisibilityTimeout: '10' });
    await sqs.send(QueueUrl, 'x');
    const [message] = await sqs.receive(QueueUrl);
    const handle = message?.ReceiptHandle;

    sqs.passSeconds(1);
    await expect(sqs.hide(QueueUrl, handle, 43_200)).rejects.toEqual(refused('InvalidParameterValue'));
    sqs.passSeconds(9);
    await expect(sqs.hide(QueueUrl, handle, 5)).rejects.toEqual(refused('MessageNotInflight'));
    await expect(sqs.hide(QueueUrl, 'garbage', 5)).rejects.toEqual(refused('ReceiptHandleIsInvalid'));
    await sqs.remove(QueueUrl, handle);
    await expect(sqs.hide(QueueUrl, handle, 5)).rejects.toEqual(refused('InvalidParameterValue'));
  });

  test('who held a message before has no say while another holds it', async () => {
    const sqs = await setUpSqs();
    const { QueueUrl } = await sqs.createQueue({ VisibilityTimeout: '10' });
    await sqs.send(QueueUrl, 'x');
    const [early] = await sqs.receive(QueueUrl);
    sqs.passSeconds(10);
    await sqs.receive(QueueUrl);

    await expect(sqs.hide(QueueUrl, early?.ReceiptHandle, 0)).rejects.toEqual(refused('InvalidParameterValue'));

    expect(await sqs.receive(QueueUrl)).toEqual([]);
  });

  test('a message is gone when its retention is over', async () => {
    const sqs = await setUpSqs();
    const { QueueUrl } = await sqs.createQueue({ MessageRetentionPeriod: '60' });
    await sqs.send(QueueUrl, 'x');

    sqs.passSeconds(59);
    expect(await sqs.attributes(QueueUrl)).toMatchObject({ ApproximateNumberOfMessages: '1' });
    sqs.passSeconds(1);

    expect(await sqs.attributes(QueueUrl)).toMatchObject({ ApproximateNumberOfMessages: '0' });
    expect(await sqs.receive(QueueUrl)).toEqual([]);
  });
});

describe('deleting', () => {
  test('a deleted message does not come back, and deleting it again is no error', async () => {
    const sqs = await setUpSqs();
    const { QueueUrl } = await sqs.createQueue();
    await sqs.send(QueueUrl, 'x');
    const [message] = await sqs.receive(QueueUrl);

    await sqs.remove(QueueUrl, message?.ReceiptHandle);
    await sqs.remove(QueueUrl, message?.ReceiptHandle);

    sqs.passSeconds(3600);
    expect(await sqs.receive(QueueUrl)).toEqual([]);
  });

  test('the handle of an earlier receive deletes nothing', async () => {
    const sqs = await setUpSqs();
    const { QueueUrl } = await sqs.createQueue({ VisibilityTimeout: '10' });
    await sqs.send(QueueUrl, 'x');
    const [early] = await sqs.receive(QueueUrl);
    sqs.passSeconds(10);
    await sqs.receive(QueueUrl);

    await sqs.remove(QueueUrl, early?.ReceiptHandle);

    sqs.passSeconds(10);
    expect(bodies(await sqs.receive(QueueUrl))).toEqual(['x']);
  });

  test('a handle that no receive gave is refused', async () => {
    const sqs = await setUpSqs();
    const { QueueUrl } = await sqs.createQueue();

    await expect(sqs.remove(QueueUrl, 'garbage')).rejects.toEqual(refused('ReceiptHandleIsInvalid'));
  });
});

describe('the dead-letter queue', () => {
  const poisoned = async (sqs: SqsSetup, receives: number) => {
    const dead = await sqs.createQueue({}, 'dead');
    const queue = await sqs.createQueue({ VisibilityTimeout: '0', ...redriveTo(dead.arn, 2) });
    const sent = await sqs.send(queue.QueueUrl, 'poison');
    const received = [];
    for (let turn = 0; turn < receives; turn++) received.push(...(await sqs.receive(queue.QueueUrl)));
    return { dead, queue, sent, received };
  };
  const startMove = (sqs: SqsSetup, SourceArn: string) =>
    sqs.sdk().send(new StartMessageMoveTaskCommand({ SourceArn }));
  const listMoves = async (sqs: SqsSetup, SourceArn: string) =>
    (await sqs.sdk().send(new ListMessageMoveTasksCommand({ SourceArn }))).Results;

  test('a message that was received too often goes to the dead-letter queue and stays the same message', async () => {
    const sqs = await setUpSqs();

    const { dead, queue, sent, received } = await poisoned(sqs, 5);

    expect(bodies(received)).toEqual(['poison', 'poison']);
    expect(await sqs.receive(dead.QueueUrl)).toMatchObject([
      {
        Body: 'poison',
        MessageId: sent.MessageId,
        Attributes: { DeadLetterQueueSourceArn: queue.arn, ApproximateReceiveCount: '3' },
      },
    ]);
  });

  test('a move task brings messages back to their queue as new ones', async () => {
    const sqs = await setUpSqs();
    const { dead, queue, sent } = await poisoned(sqs, 3);

    const started = await startMove(sqs, dead.arn);

    const [back] = await sqs.receive(queue.QueueUrl);
    expect(back).toMatchObject({ Body: 'poison', Attributes: { ApproximateReceiveCount: '1' } });
    expect(back?.MessageId).not.toBe(sent.MessageId);
    expect(await listMoves(sqs, dead.arn)).toMatchObject([
      { TaskHandle: started.TaskHandle, Status: 'COMPLETED', SourceArn: dead.arn, ApproximateNumberOfMessagesMoved: 1 },
    ]);
    expect(await sqs.receive(dead.QueueUrl)).toEqual([]);
  });

  test('a move task fails for a message that came from no queue, and leaves it where it is', async () => {
    const sqs = await setUpSqs();
    const { dead } = await poisoned(sqs, 0);
    await sqs.send(dead.QueueUrl, 'by hand');

    await startMove(sqs, dead.arn);

    const failure = { Status: 'FAILED', FailureReason: 'CouldNotDetermineMessageSource' };
    expect(await listMoves(sqs, dead.arn)).toMatchObject([failure]);
    expect(bodies(await sqs.receive(dead.QueueUrl))).toEqual(['by hand']);
  });

  test('a move task needs a queue that is there and is a dead-letter queue', async () => {
    const sqs = await setUpSqs();
    const { arn } = await sqs.createQueue();

    await expect(startMove(sqs, arn)).rejects.toEqual(refused('InvalidParameterValue'));
    await expect(startMove(sqs, `${arn}-missing`)).rejects.toEqual(refused('ResourceNotFoundException'));
  });
});
