import { join } from 'node:path';
import { GetQueueAttributesCommand, ReceiveMessageCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { expect, onTestFinished, test, vi } from 'vitest';
import { clientConfig } from '../../../client/target/local-aws.ts';
import { startEventSource } from '../../../local/lambda/event-source.ts';
import { runFunction } from '../../../local/lambda/local-function.ts';
import { createQueues } from '../../../local/resources.ts';
import { startSqs } from '../../../local/sqs/server.ts';
import { bundleOf, temporaryFolder } from './bundle-of.ts';

const file = async () => join(await temporaryFolder(), 'sqs.jsonl');

async function queueAt(options: Parameters<typeof startSqs>[0]) {
  const sqs = await startSqs(options);
  const { queue } = await createQueues(sqs.url);
  const client = new SQSClient(clientConfig(sqs.url));
  const close = async () => {
    client.destroy();
    await sqs.close();
  };
  return {
    endpoint: sqs.url,
    queue,
    close,
    send: (body: string) => client.send(new SendMessageCommand({ QueueUrl: queue.url, MessageBody: body })),
    async receive() {
      const { Messages = [] } = await client.send(new ReceiveMessageCommand({ QueueUrl: queue.url }));
      return Messages.map(({ Body }) => Body);
    },
    async counts() {
      const all = new GetQueueAttributesCommand({ QueueUrl: queue.url, AttributeNames: ['All'] });
      const { Attributes: { ApproximateNumberOfMessages, ApproximateNumberOfMessagesNotVisible } = {} } =
        await client.send(all);
      return { visible: Number(ApproximateNumberOfMessages), inFlight: Number(ApproximateNumberOfMessagesNotVisible) };
    },
  };
}

async function openQueue(now?: () => number) {
  const opened = await queueAt({ file: await file(), now });
  onTestFinished(opened.close);
  return opened;
}

type Queue = Awaited<ReturnType<typeof openQueue>>;
type Invoke = (event: unknown) => Promise<unknown>;

function sourceOver({ endpoint, queue }: Queue, invoke: Invoke, concurrency = 1) {
  const log: Record<string, unknown>[] = [];
  const target = { invoke, close: async () => {} };
  const source = startEventSource({ endpoint, queue, concurrency, target, onLog: (entry) => log.push(entry) });
  onTestFinished(() => source.close(0));
  return { ...source, log };
}

/** A function that answers as told, and how often it was invoked. */
const answering = (answer: Invoke) => vi.fn(answer);

const idIn = (event: unknown): string => /"messageId":"([^"]+)"/.exec(JSON.stringify(event))?.[1] ?? '';

test('a message that was dealt with is deleted', async () => {
  const queue = await openQueue();
  const invoke = answering(async () => ({ batchItemFailures: [] }));
  const source = sourceOver(queue, invoke);

  await queue.send('hello');

  await vi.waitFor(async () => expect(await queue.counts()).toEqual({ visible: 0, inFlight: 0 }));
  await source.close(30_000);
  expect(invoke.mock.calls).toEqual([[{ Records: [expect.objectContaining({ body: 'hello' })] }]]);
});

test('a message that the function names as failed stays in the queue', async () => {
  const queue = await openQueue();
  const invoke = answering(async (event) => ({ batchItemFailures: [{ itemIdentifier: idIn(event) }] }));
  const source = sourceOver(queue, invoke);

  await queue.send('hello');

  await vi.waitFor(() => expect(invoke).toHaveBeenCalledOnce());
  await source.close(30_000);
  expect(await queue.counts()).toEqual({ visible: 0, inFlight: 1 });
});

test('a message whose invocation fails stays in the queue, and the log says why', async () => {
  const queue = await openQueue();
  const source = sourceOver(queue, () => Promise.reject(new Error('Task timed out')));

  await queue.send('hello');

  await vi.waitFor(() => expect(source.log).toHaveLength(1));
  expect(source.log[0]).toMatchObject({ level: 'error', event: 'invocation.failed', detail: 'Task timed out' });
  await source.close(30_000);
  expect(await queue.counts()).toEqual({ visible: 0, inFlight: 1 });
});

test('the message of an environment that crashed comes back, to a new environment', async () => {
  let now = Date.now();
  const queue = await openQueue(() => now);
  const folder = await bundleOf(
    `exports.handler = async ({ Records: [{ body, attributes }] }) => {
       const count = attributes.ApproximateReceiveCount;
       if (body === 'crash' && count === '1') process.exit(1);
       console.log(body, count);
     };`,
  );
  const lines: string[] = [];
  const onLine = (line: string) => lines.push(line);
  const target = runFunction({ folder, variables: {}, timeoutMs: 30_000, maxEnvironments: 1, onLine });
  onTestFinished(target.close);
  const { log } = sourceOver(queue, target.invoke);
  await queue.send('crash');
  await vi.waitFor(() => expect(log).toHaveLength(1), { timeout: 10_000 });

  now += 91 * 60_000;
  // A long poll that waits looks again when something arrives.
  await queue.send('another');

  await vi.waitFor(() => expect(lines).toEqual(['crash 2', 'another 1']), { timeout: 10_000 });
  await vi.waitFor(async () => expect(await queue.counts()).toEqual({ visible: 0, inFlight: 0 }));
});

test('as many messages are worked on at once as it may, and no more are taken', async () => {
  const queue = await openQueue();
  const release = Promise.withResolvers<void>();
  const invoke = answering(() => release.promise);
  for (const body of ['a', 'b', 'c']) await queue.send(body);

  const source = sourceOver(queue, invoke, 2);

  await vi.waitFor(() => expect(invoke).toHaveBeenCalledTimes(2));
  expect(await queue.counts()).toEqual({ visible: 1, inFlight: 2 });
  release.resolve();
  await vi.waitFor(async () => expect(await queue.counts()).toEqual({ visible: 0, inFlight: 0 }));
  await source.close(30_000);
});

test('closing waits for the running invocation and then deletes its message', async () => {
  const queue = await openQueue();
  const release = Promise.withResolvers<void>();
  const invoke = answering(() => release.promise);
  const source = sourceOver(queue, invoke);
  await queue.send('hello');
  await vi.waitFor(() => expect(invoke).toHaveBeenCalledOnce());

  const closed = source.close(30_000);
  release.resolve();
  await closed;

  expect(await queue.counts()).toEqual({ visible: 0, inFlight: 0 });
});

test('closing waits no longer than its time limit', async () => {
  const queue = await openQueue();
  const invoke = answering(() => new Promise(() => {}));
  const source = sourceOver(queue, invoke);
  await queue.send('hello');
  await vi.waitFor(() => expect(invoke).toHaveBeenCalledOnce());

  await source.close(20);

  expect(await queue.counts()).toEqual({ visible: 0, inFlight: 1 });
});

test('a queue that does not answer is logged', async () => {
  const queue = await openQueue();
  const source = sourceOver({ ...queue, endpoint: 'http://127.0.0.1:9' }, async () => {});

  await vi.waitFor(() => expect(source.log[0]).toMatchObject({ level: 'error', event: 'queue.unreachable' }));
});

test('a message that was in flight when everything ended is there at the next start, if those are forgotten', async () => {
  const journal = await file();
  const before = await queueAt({ file: journal });
  await before.send('hello');
  await before.receive();
  await before.close();

  const kept = await queueAt({ file: journal });
  expect(await kept.receive()).toEqual([]);
  await kept.close();
  const forgotten = await queueAt({ file: journal, forgetInFlight: true });
  onTestFinished(forgotten.close);

  expect(await forgotten.receive()).toEqual(['hello']);
});
