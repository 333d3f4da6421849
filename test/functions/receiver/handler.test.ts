// The whole receiver as Lambda invokes it.
import { setImmediate } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { hang, reply, startAwsServer } from '../../doubles/aws-server.ts';
import { ask, type QueueFault, setUpReceiver } from './receiver-setup.ts';

const token = 'a-token-of-some-length';
const callback = '{"code":200,"msg":"secret words","data":{"callbackType":"text","task_id":"t1","data":[]}}';
const task = { provider: 'kie.ai', kind: 'music', taskId: 't1' } as const;

let bench: Awaited<ReturnType<typeof setUpReceiver>>;
let handler: Awaited<ReturnType<typeof bench.start>>;

beforeAll(async () => {
  bench = await setUpReceiver();
  handler = await bench.start({ token, kieWebhookKey: '' });
});
beforeEach(async () => {
  bench.setFault(undefined);
  await bench.taken();
});
afterAll(() => bench.close());

const routes = [
  { folder: 'callbacks', body: callback, good: 200, event: 'callback' },
  { folder: 'tasks', body: JSON.stringify(task), good: 202, event: 'expected' },
] as const;

/** `cut`: the queue has it, but the response is lost. */
const faults: [string, QueueFault][] = [
  ['throttles', { status: 400, code: 'RequestThrottled' }],
  ['refuses', { status: 403, code: 'AccessDenied' }],
  ['is down', { status: 503, code: 'ServiceUnavailable' }],
  ['takes it and hangs up', 'cut'],
];

describe.each(routes)('POST /$folder/{token}', ({ folder, body, good, event }) => {
  const post = (leftMs?: number) => ask(handler, { folder, token, body }, leftMs);

  test(`P1: a ${good} means that the queue has the message`, async () => {
    const { statusCode } = await post();

    expect([statusCode, (await bench.taken()).map((message) => message?.type)]).toEqual([good, [event]]);
  });

  test.each(faults)('P1, F01: while the queue %s there is a 503, and what is sent again arrives', async (_, fault) => {
    bench.setFault(fault);
    const refused = await post();
    bench.setFault(undefined);
    await bench.taken();
    const { statusCode } = await post();

    expect(refused).toMatchObject({ statusCode: 503, headers: { 'retry-after': '5' } });
    expect([statusCode, (await bench.taken()).length]).toEqual([good, 1]);
  });

  test('P1, F01: a queue that hangs gets the sender a 503 before the function’s time is up', async () => {
    bench.setFault('hang');

    // The receiver answers a second before its end, which is soon here.
    expect(await post(1_200)).toMatchObject({ statusCode: 503 });
  });

  test('F02: a sender who did not get the answer sends again, and the queue has one message more', async () => {
    await post();
    const { statusCode } = await post();

    const taken = await bench.taken();
    expect(statusCode).toBe(good);
    expect(taken.map((message) => message?.type)).toEqual([event, event]);
    expect(new Set(taken.map((message) => JSON.stringify({ ...message, receivedAt: '' }))).size).toBe(1);
  });

  test.each([
    ['hangs', hang],
    ['refuses', reply(400, '{"__type":"AccessDeniedException"}')],
  ])('P1, F01: a secret store that %s gets the sender a 503', async (_, behaviour) => {
    const store = await startAwsServer({ behaviours: [behaviour] });
    const started = await bench.startWithStore(store.origin);
    const logged = bench.lines.length;

    const answer = await ask(started, { folder, token, body }, 1_200);

    expect(answer).toMatchObject({ statusCode: 503 });
    // Logged before the response, because Lambda may freeze the process after it.
    const lines = bench.logged().slice(logged);
    expect(lines).toMatchObject([{ level: 'error', event, outcome: 'unqueued', ms: expect.any(Number) }]);
    await store.close();
    await setImmediate();
    expect(bench.lines).toHaveLength(logged + 1);
    expect(await bench.taken()).toEqual([]);
  });

  test('one line is logged for each request, without its token or body', async () => {
    await post();

    expect(bench.logged().at(-1)).toMatchObject({
      ...{ level: 'info', event, method: 'POST', bytes: body.length, ms: expect.any(Number) },
    });
    expect(bench.lines.join('')).not.toMatch(new RegExp(`${token}|secret words`));
  });
});

test('the line of a callback names its task, and that of an announcement their number', async () => {
  await ask(handler, { token, body: callback });
  await ask(handler, { folder: 'tasks', token, body: JSON.stringify([task, task]) });

  expect(bench.logged().slice(-2)).toMatchObject([
    { event: 'callback', outcome: 'received', taskId: 't1' },
    { event: 'expected', outcome: 'expected', tasks: 2 },
  ]);
});

test('there is nothing to look at under /tasks, also with the right token', async () => {
  const nowhere = { statusCode: 404, body: { message: 'Not Found' } };

  expect(await ask(handler, { method: 'GET', folder: 'tasks', token })).toMatchObject(nowhere);
  expect(await ask(handler, { token, routeKey: '$default' })).toMatchObject(nowhere);
  expect(await ask(handler, { method: 'GET', token })).toMatchObject({ statusCode: 200, body: { status: 'ready' } });
  expect(await bench.taken()).toEqual([]);
});
