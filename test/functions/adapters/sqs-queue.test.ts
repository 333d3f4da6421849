// The queue's adapter with the local SQS, whose messages the real SDK then reads, and with one that misbehaves.
import { describe, expect, onTestFinished, test } from 'vitest';
import { createSqsQueue } from '../../../functions/adapters/sqs-queue.ts';
import { UnavailableError } from '../../../functions/domain/errors.ts';
import type { JsonFault } from '../../../local/aws-json.ts';
import { bodies, setUpSqs } from '../../contracts/sqs-setup.ts';
import { cut, reply, reset, startAwsServer } from '../../doubles/aws-server.ts';

const account = { AWS_REGION: 'us-east-1', AWS_ACCESS_KEY_ID: 'any', AWS_SECRET_ACCESS_KEY: 'any' };
const { signal } = new AbortController();

async function openQueue(fault?: JsonFault) {
  const sqs = await setUpSqs(fault && { fault });
  const { QueueUrl } = await sqs.createQueue();
  // The queue's URL has another host: the endpoint is what counts.
  const queueUrl = QueueUrl.replace(/^http:\/\/[^/]+/, 'https://sqs.us-east-1.amazonaws.com');
  const queue = createSqsQueue(queueUrl, { ...account, AWS_ENDPOINT_URL_SQS: sqs.url() });
  return { ...sqs, queue, QueueUrl };
}

test('a message arrives as it was sent', async () => {
  const { queue, receive, QueueUrl } = await openQueue();
  const message = JSON.stringify({ title: 'ünïcode "quoted" 🎵\n', filler: 'x'.repeat(1_000_000) });

  await queue.send(message, { signal });

  expect(bodies(await receive(QueueUrl))).toEqual([message]);
});

test('the queue is where its URL says, unless another endpoint is given', async () => {
  const sqs = await setUpSqs();
  const { QueueUrl } = await sqs.createQueue();

  await createSqsQueue(QueueUrl, account).send('one', { signal });
  await createSqsQueue(QueueUrl, { ...account, AWS_ENDPOINT_URL: sqs.url() }).send('two', { signal });

  expect(bodies(await sqs.receive(QueueUrl))).toEqual(['one', 'two']);
});

test('a postponed message is hidden for that long, and comes back', async () => {
  const { queue, receive, passSeconds, QueueUrl } = await openQueue();
  await queue.send('later', { signal });
  const [received] = await receive(QueueUrl);

  await queue.postpone(received?.ReceiptHandle ?? '', 60_001);

  passSeconds(60);
  expect(await receive(QueueUrl)).toEqual([]);
  passSeconds(1);
  expect(bodies(await receive(QueueUrl))).toEqual(['later']);
});

test.each([-1_000, 13 * 3_600_000])(
  'a message can be postponed by no less than 0 and no more than 12 hours: %i ms',
  async (ms) => {
    const { queue, receive, passSeconds, QueueUrl } = await openQueue();
    await queue.send('later', { signal });
    const [received] = await receive(QueueUrl);

    await queue.postpone(received?.ReceiptHandle ?? '', ms);

    passSeconds(ms < 0 ? 0 : 12 * 3600);
    expect(bodies(await receive(QueueUrl))).toEqual(['later']);
  },
);

test('P1: a refusal is reported', async () => {
  const { queue } = await openQueue(({ operation }) =>
    operation === 'SendMessage' ? { status: 403, code: 'AccessDenied' } : undefined,
  );

  await expect(queue.send('x', { signal })).rejects.toThrow(/^SendMessage: 403 AccessDenied/);
});

test('P1: a failure that passes is no failure', async () => {
  const faults: ReturnType<JsonFault>[] = [{ status: 500, code: 'InternalFailure' }, 'cut'];
  const { queue, receive, QueueUrl } = await openQueue(({ operation }) =>
    operation === 'SendMessage' ? faults.shift() : undefined,
  );

  await queue.send('x', { signal });

  // The second attempt had succeeded, but its response was cut. A duplicate is better than a loss.
  expect(bodies(await receive(QueueUrl))).toEqual(['x', 'x']);
});

test('P1: a queue that hangs is given up when the caller says so', async () => {
  const controller = new AbortController();
  const { queue } = await openQueue(({ operation }) => {
    if (operation !== 'SendMessage') return undefined;
    controller.abort(new Error('the time is up'));
    return 'hang';
  });

  await expect(queue.send('x', { signal: controller.signal })).rejects.toThrow('the time is up');
});

const md5 = '9dd4e461268c8034f5c8564e155c67a6';

test.each([
  [
    'that confirms another message',
    reply(200, JSON.stringify({ MessageId: '1', MD5OfMessageBody: md5.replace('9', '8') })),
  ],
  ['that confirms nothing', reply(200, '{"MessageId":"1"}')],
  ['that is no JSON', reply(200, '<html>welcome</html>')],
  ['that is empty', reply(200)],
  ['of another status', reply(204)],
  ['that is a redirect', reply(307, '', { location: 'https://sqs.us-east-1.amazonaws.com/' })],
  ['that never ends', reply(200, 'x'.repeat(70_000))],
  ['that is cut each time', cut],
  ['that never comes', reset],
])('P1: an answer %s is no acknowledgement', async (_, behaviour) => {
  const server = await startAwsServer({ behaviours: [behaviour] });
  onTestFinished(server.close);

  const queue = createSqsQueue('http://q/1/q', { ...account, AWS_ENDPOINT_URL_SQS: server.origin });

  await expect(queue.send('x', { signal })).rejects.toThrow(Error);
});

test('an answer that confirms the message is one', async () => {
  const server = await startAwsServer({ behaviours: [reply(200, JSON.stringify({ MD5OfMessageBody: md5 }))] });
  onTestFinished(server.close);

  await createSqsQueue(`${server.origin}/1/q`, account).send('x', { signal });

  expect(JSON.parse(String(server.requests[0]?.body))).toEqual({ QueueUrl: `${server.origin}/1/q`, MessageBody: 'x' });
});

describe('a batch', () => {
  const two = [
    { message: 'x', delaySeconds: 0 },
    { message: 'y', delaySeconds: 59.2 },
  ];
  const md5OfY = '415290769594460e2e485922904f345d';
  const taken = (...hashes: string[]) => hashes.map((hash, index) => ({ Id: `${index}`, MD5OfMessageBody: hash }));
  const answered = async (answer: unknown) => {
    const server = await startAwsServer({ behaviours: [reply(200, JSON.stringify(answer))] });
    onTestFinished(server.close);
    return { server, queue: createSqsQueue(`${server.origin}/1/q`, account) };
  };

  test('is one request, with the delay of each message in whole seconds', async () => {
    const { server, queue } = await answered({ Successful: taken(md5, md5OfY) });

    expect(await queue.sendAll(two)).toEqual([true, true]);

    expect(server.requests.map(({ body }) => JSON.parse(String(body)))).toEqual([
      {
        QueueUrl: `${server.origin}/1/q`,
        Entries: [
          { Id: '0', MessageBody: 'x', DelaySeconds: 0 },
          { Id: '1', MessageBody: 'y', DelaySeconds: 60 },
        ],
      },
    ]);
  });

  test('of none asks nothing', async () => {
    const { server, queue } = await answered({});

    expect(await queue.sendAll([])).toEqual([]);

    expect(server.requests).toEqual([]);
  });

  test.each([
    ['refused', { Successful: taken(md5), Failed: [{ Id: '1', Code: 'InternalError', SenderFault: false }] }],
    ['passed over', { Successful: taken(md5) }],
  ])('tells which message was %s', async (_, answer) => {
    const { queue } = await answered(answer);

    expect(await queue.sendAll(two)).toEqual([true, false]);
  });

  test('that SQS confirms with the digest of another message fails as a whole, so that it is sent again', async () => {
    const { queue } = await answered({ Successful: taken(md5, md5) });

    await expect(queue.sendAll(two)).rejects.toThrow(UnavailableError);
  });

  test('of which nothing was taken tells so', async () => {
    const { queue } = await answered({ Failed: [{ Id: '0' }, { Id: '1' }] });

    expect(await queue.sendAll(two)).toEqual([false, false]);
  });

  test('that SQS itself refuses in part tells which', async () => {
    const { queue, receive, QueueUrl } = await openQueue();

    expect(await queue.sendAll([...two.slice(0, 1), { message: '\u0000', delaySeconds: 0 }])).toEqual([true, false]);

    expect(bodies(await receive(QueueUrl))).toEqual(['x']);
  });

  test.each([
    ['that is a refusal', reply(403, JSON.stringify({ __type: 'AccessDenied' }))],
    ['that is no JSON', reply(200, '<html>welcome</html>')],
    ['in another form', reply(200, '{"Successful":[{"Id":0}]}')],
    ['that is cut each time', cut],
    ['that never comes', reset],
  ])('whose answer is one %s fails as a whole: the queue is unavailable', async (_, behaviour) => {
    const server = await startAwsServer({ behaviours: [behaviour] });
    onTestFinished(server.close);

    const sending = createSqsQueue(`${server.origin}/1/q`, account).sendAll(two);

    await expect(sending).rejects.toThrow(UnavailableError);
  });
});
