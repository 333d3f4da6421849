// The Queue port: the adapter over the local SQS and the double in memory keep the same rules.
import { describe, expect, test } from 'vitest';
import { createSqsQueue } from '../../functions/adapters/sqs-queue.ts';
import { UnavailableError } from '../../functions/domain/errors.ts';
import type { Queue } from '../../functions/ports.ts';
import { inMemoryQueue } from '../doubles/in-memory-queue.ts';
import { virtualClock } from '../doubles/virtual-clock.ts';
import { redriveTo, setUpSqs } from './sqs-setup.ts';

type Received = { body: string; handle: string; count: number };
type World = {
  queue: Queue;
  passSeconds: (seconds: number) => void;
  receive: () => Promise<Received | undefined>;
  remove: (handle: string) => Promise<unknown>;
  dead: () => Promise<string[]>;
};

const visibilitySeconds = 60;
const maxReceiveCount = 2;
const { signal } = new AbortController();

async function overSqs(): Promise<World> {
  const sqs = await setUpSqs();
  const dead = await sqs.createQueue({}, 'dead');
  const attributes = { VisibilityTimeout: `${visibilitySeconds}`, ...redriveTo(dead.arn, maxReceiveCount) };
  const { QueueUrl } = await sqs.createQueue(attributes);
  const account = { AWS_REGION: 'us-east-1', AWS_ACCESS_KEY_ID: 'any', AWS_SECRET_ACCESS_KEY: 'any' };
  return {
    queue: createSqsQueue(QueueUrl, account),
    passSeconds: sqs.passSeconds,
    async receive() {
      const [message] = await sqs.receive(QueueUrl, { MaxNumberOfMessages: 1 });
      if (message === undefined) return undefined;
      const { Body: body = '', ReceiptHandle: handle = '', Attributes } = message;
      return { body, handle, count: Number(Attributes?.ApproximateReceiveCount) };
    },
    remove: (handle) => sqs.remove(QueueUrl, handle),
    dead: async () => (await sqs.receive(dead.QueueUrl)).map(({ Body = '' }) => Body),
  };
}

async function inMemory(): Promise<World> {
  const clock = virtualClock('2026-11-20T12:00:00Z');
  const queue = inMemoryQueue({ clock, visibilityMs: visibilitySeconds * 1000, maxReceiveCount });
  return {
    queue,
    passSeconds: (seconds) => clock.advance(seconds * 1000),
    async receive() {
      const message = queue.receive();
      return message && { body: message.body, handle: message.receiptHandle, count: message.receiveCount };
    },
    remove: async (handle) => queue.delete(handle),
    dead: async () => queue.deadLetters.map(({ body }) => body),
  };
}

const worlds: [string, () => Promise<World>][] = [
  ['the adapter over SQS', overSqs],
  ['the double in memory', inMemory],
];

describe.each(worlds)('%s', (_, open) => {
  test('hides a message while someone works on it, and brings it back', async () => {
    const { queue, receive, passSeconds } = await open();
    await queue.send('one', { signal });

    expect(await receive()).toMatchObject({ body: 'one', count: 1 });
    passSeconds(59);
    expect(await receive()).toBeUndefined();
    passSeconds(1);
    expect(await receive()).toMatchObject({ body: 'one', count: 2 });
  });

  test('shows each message of a batch after its own delay, and none after more than 15 minutes', async () => {
    const { queue, receive, passSeconds } = await open();
    const delays = { 'at once': 0, past: -5, 'half a minute': 29.5, late: 5_000 };

    const messages = Object.entries(delays).map(([message, delaySeconds]) => ({ message, delaySeconds }));
    expect(await queue.sendAll(messages)).toEqual([true, true, true, true]);

    expect([(await receive())?.body, (await receive())?.body].sort()).toEqual(['at once', 'past']);
    passSeconds(29);
    expect(await receive()).toBeUndefined();
    passSeconds(1);
    expect(await receive()).toMatchObject({ body: 'half a minute' });
    passSeconds(870);
    const all = [await receive(), await receive(), await receive(), await receive()];
    expect(all.map((received) => received?.body)).toContain('late');
  });

  test('takes a batch of none, and no more than ten at once', async () => {
    const { queue, receive } = await open();
    const batch = (length: number) => Array.from({ length }, (_, n) => ({ message: `${n}`, delaySeconds: 0 }));

    expect(await queue.sendAll([])).toEqual([]);
    await expect(queue.sendAll(batch(11))).rejects.toThrow(UnavailableError);
    expect(await receive()).toBeUndefined();
    expect(await queue.sendAll(batch(10))).toEqual(Array(10).fill(true));
  });

  test('forgets what is deleted, also when it is deleted twice, and keeps what another has received since', async () => {
    const { queue, receive, remove, passSeconds } = await open();
    await queue.send('one', { signal });
    const first = await receive();
    passSeconds(60);
    const second = await receive();

    await remove(first?.handle ?? '');
    passSeconds(1);
    await queue.postpone(second?.handle ?? '', 0);
    expect(await receive()).toBeUndefined();
    await remove(second?.handle ?? '');

    passSeconds(3_600);
    expect(await receive()).toBeUndefined();
  });

  test('postpones what was received, and refuses that where it is not any more', async () => {
    const { queue, receive, passSeconds } = await open();
    await queue.send('one', { signal });
    const received = await receive();

    await queue.postpone(received?.handle ?? '', 3_599_001);
    passSeconds(3_599);
    expect(await receive()).toBeUndefined();
    passSeconds(1);

    await expect(queue.postpone(received?.handle ?? '', 1_000)).rejects.toThrow(UnavailableError);
    expect(await receive()).toMatchObject({ body: 'one', count: 2 });
    await expect(queue.postpone(received?.handle ?? '', 1_000)).rejects.toThrow(UnavailableError);
  });

  test('delivers the message of a quiet group before the backlog of a busy one', async () => {
    const { queue, receive } = await open();
    for (let number = 0; number < 50; number++) {
      await queue.send(`silent ${number}`, { signal, group: 'silent.example' });
    }
    const busy = [await receive(), await receive()];

    await queue.send('good', { signal, group: 'good.example:8443' });

    expect(busy.map((message) => message?.body)).toEqual(['silent 0', 'silent 1']);
    expect((await receive())?.body).toBe('good');
    expect((await receive())?.body).toBe('silent 2');
  });

  test('delivers a fresh message before many that were sent in batches for one group', async () => {
    const { queue, receive } = await open();
    await queue.sendAll(
      Array.from({ length: 10 }, (_, number) => ({ message: `due ${number}`, delaySeconds: 0, group: 'swept' })),
    );
    await receive();

    await queue.send('fresh', { signal, group: `${'long-label.'.repeat(20)}example` });

    expect((await receive())?.body).toBe('fresh');
  });

  test('says whether messages wait, which those in progress do not', async () => {
    const { queue, receive } = await open();
    const whenEmpty = await queue.hasWaiting();
    await queue.send('one', { signal });
    const whenSent = await queue.hasWaiting();
    await receive();

    expect([whenEmpty, whenSent, await queue.hasWaiting()]).toEqual([false, true, false]);
  });

  test('sets aside what was received too often', async () => {
    const { queue, receive, dead, passSeconds } = await open();
    await queue.send('one', { signal });
    for (let time = 0; time < maxReceiveCount; time++) {
      expect(await receive()).toBeDefined();
      passSeconds(visibilitySeconds);
    }

    expect(await dead()).toEqual([]);
    expect(await receive()).toBeUndefined();
    expect(await dead()).toEqual(['one']);
  });
});

test('the double in memory says when something can be received next', async () => {
  const clock = virtualClock('2026-11-20T12:00:00Z');
  const queue = inMemoryQueue({ clock, visibilityMs: 60_000, maxReceiveCount: 1 });
  expect(queue.nextVisibleAt()).toBeUndefined();

  await queue.sendAll([{ message: 'later', delaySeconds: 30 }]);
  expect(queue.nextVisibleAt()).toEqual(new Date('2026-11-20T12:00:30Z'));
  clock.advance(30_000);
  const received = queue.receive();
  expect(queue.nextVisibleAt()).toEqual(new Date('2026-11-20T12:01:30Z'));
  queue.delete(received?.receiptHandle ?? '');

  expect(queue.nextVisibleAt()).toBeUndefined();
  expect(queue.size()).toBe(0);
});
