// Hostile bodies, senders with false tokens, and a token that is rotated while they try.
import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { secretTimes } from '../../../functions/adapters/secret.ts';
import { type Behaviour, hang, reply, startAwsServer } from '../../doubles/aws-server.ts';
import { ask, setUpReceiver } from './receiver-setup.ts';

const token = 'a-token-of-some-length';
const callback = { code: 200, msg: 'ok', data: { callbackType: 'text', task_id: 't1', data: [] } };
const task = { provider: 'kie.ai', kind: 'music', taskId: 't1' } as const;
const good = { callbacks: JSON.stringify(callback), tasks: JSON.stringify(task) };
const folders = ['callbacks', 'tasks'] as const;

const key = 'a-webhook-key';
const seconds = (ago = 0) => String(Math.floor(Date.now() / 1000) - ago);
const signed = (stamp: string, id = 't1') => ({
  'X-Webhook-Timestamp': stamp,
  'X-WEBHOOK-SIGNATURE': createHmac('sha256', key).update(`${id}.${stamp}`).digest('base64'),
});

let bench: Awaited<ReturnType<typeof setUpReceiver>>;
let handler: Awaited<ReturnType<typeof bench.start>>;

beforeAll(async () => {
  bench = await setUpReceiver();
  handler = await bench.start({ token });
});
beforeEach(() => bench.taken());
afterAll(() => bench.close());

describe('F11: a body that is', () => {
  const deep = `${'['.repeat(10_000)}${']'.repeat(10_000)}`;
  const twice = (first: object) => `{"taskId":1,"taskId":2,"code":0,${JSON.stringify(first).slice(1)}`;
  const named = '{"__proto__":{"provider":"kie.ai","kind":"music","taskId":"x","task_id":"x"}}';
  const bodies: [string, { callbacks: string | Buffer; tasks: string | Buffer }, number, number][] = [
    ['no JSON', { callbacks: '{"code":', tasks: '{"provider":' }, 200, 400],
    ['empty', { callbacks: '', tasks: '' }, 200, 400],
    ['null', { callbacks: 'null', tasks: 'null' }, 200, 400],
    ['behind a byte order mark', { callbacks: `\ufeff${good.callbacks}`, tasks: `\ufeff${good.tasks}` }, 200, 202],
    ['no UTF-8', { callbacks: Buffer.from([0xff, 0xfe, 0x7b]), tasks: Buffer.from([0xff, 0xfe, 0x7b]) }, 200, 400],
    ['one with keys that come twice', { callbacks: twice(callback), tasks: twice(task) }, 200, 202],
    ['one that hides all in __proto__', { callbacks: named, tasks: named }, 200, 400],
    ['nested 10,000 deep', { callbacks: deep, tasks: deep }, 200, 400],
    ['of 10 MB', { callbacks: Buffer.alloc(10_000_000, ' '), tasks: Buffer.alloc(10_000_000, ' ') }, 413, 413],
  ];
  const forms = [
    ['text', (body: string | Buffer) => ({ body: body.toString(), isBase64Encoded: false })],
    ['base64', (body: string | Buffer) => ({ body: Buffer.from(body).toString('base64'), isBase64Encoded: true })],
  ] as const;

  describe.each(forms)('%s and', (form, encoded) => {
    test.each(bodies)(
      '%s gets an explanation, and is kept or refused as a whole',
      async (_, body, callbacks, tasks) => {
        const toCallbacks = await ask(handler, { token, ...encoded(body.callbacks) });
        const kept = await bench.taken();
        const toTasks = await ask(handler, { folder: 'tasks', token, ...encoded(body.tasks) });
        const expected = await bench.taken();

        expect([toCallbacks.statusCode, toTasks.statusCode]).toEqual([callbacks, tasks]);
        expect(kept).toHaveLength(callbacks === 200 ? 1 : 0);
        if (form === 'base64' && callbacks === 200)
          expect(kept[0]).toMatchObject({ body: Buffer.from(body.callbacks) });
        expect(expected.map((message) => message?.type === 'expected' && message.tasks)).toEqual(
          tasks === 202 ? [[task]] : [],
        );
      },
    );
  });

  test.each(bodies)('%s gets a stranger nothing but a 404', async (_, body) => {
    for (const folder of folders) {
      expect(await ask(handler, { folder, token: 'wrong', body: body[folder].toString() })).toMatchObject({
        statusCode: 404,
        body: { message: 'Not Found' },
      });
    }
    expect(await bench.taken()).toEqual([]);
  });
});

describe('F12: a forged', () => {
  test.each([
    '',
    'wrong',
    token.slice(0, -1),
    `${token}x`,
    token.toUpperCase(),
    ` ${token}`,
    'x'.repeat(8_000),
    '\ud800',
  ])('token %j is answered like an unknown path, whatever is asked, and logged', async (forged) => {
    const unknownPath = await ask(handler, { token: forged, routeKey: '$default' });

    for (const folder of folders) {
      expect(await ask(handler, { folder, token: forged, body: good[folder] })).toEqual(unknownPath);
      expect(bench.logged().at(-1)).toMatchObject({ outcome: 'unknown-token' });
    }
    expect(await ask(handler, { method: 'GET', token: forged })).toEqual(unknownPath);
    expect(unknownPath.statusCode).toBe(404);
    expect(await bench.taken()).toEqual([]);
  });

  test('token leaves a line in the log that no message of its sender makes longer', async () => {
    const before = bench.lines.length;

    for (const token of ['wrong', 'x'.repeat(8_000)]) {
      await ask(handler, { token, body: 'x'.repeat(4_000_000), queryStringParameters: { project: 'x'.repeat(8_000) } });
      await ask(handler, { token, routeKey: '$default', body: '' });
    }

    // docs/scale.md calculates with 2,000 bytes for each request, of which Lambda's own lines are less than half.
    const lines = bench.lines.slice(before);
    expect(lines).toHaveLength(4);
    expect(lines.filter((line) => Buffer.byteLength(line) > 1_000)).toEqual([]);
  });

  const forgeries: [string, () => Record<string, string>][] = [
    ['none', () => ({})],
    ['only the time', () => ({ 'x-webhook-timestamp': seconds() })],
    ['an empty one', () => ({ ...signed(seconds()), 'X-WEBHOOK-SIGNATURE': '' })],
    ['a short one', () => ({ ...signed(seconds()), 'X-WEBHOOK-SIGNATURE': 'abc' })],
    ['garbage', () => ({ ...signed(seconds()), 'X-WEBHOOK-SIGNATURE': '🎸'.repeat(50) })],
    ['another task’s', () => signed(seconds(), 't2')],
    ['one of ten minutes ago', () => signed(seconds(600))],
    ['one of no time', () => signed('yesterday')],
  ];

  test.each(forgeries)(
    'signature (%s) gets a 401 with the reason, and no announcement needs one',
    async (_, headers) => {
      const locked = await bench.start({ token, kieWebhookKey: key });

      const refused = await ask(locked, { token, body: good.callbacks, headers: headers() });
      const announced = await ask(locked, { folder: 'tasks', token, body: good.tasks, headers: headers() });

      expect(refused).toMatchObject({ statusCode: 401, body: { status: 'refused', reason: expect.any(String) } });
      expect(announced.statusCode).toBe(202);
      expect((await bench.taken()).map((message) => message?.type)).toEqual(['expected']);
    },
  );
});

test('F13: a valid signature is no good for another task’s body, and says nothing of the links in its own', async () => {
  const locked = await bench.start({ token, kieWebhookKey: key });
  const swapped = {
    ...callback,
    data: { ...callback.data, data: [{ id: 'a', audio_url: 'https://evil.example/a' }] },
  };
  const otherTask = { ...callback, data: { ...callback.data, task_id: 't2' } };

  const answers = [
    await ask(locked, { token, body: JSON.stringify(otherTask), headers: signed(seconds()) }),
    await ask(locked, { token, body: JSON.stringify(swapped), headers: signed(seconds()) }),
  ];

  // Kept as it is: the receiver does not decide which links are trusted.
  expect(answers.map(({ statusCode }) => statusCode)).toEqual([401, 200]);
  expect(await bench.taken()).toMatchObject([{ type: 'callback', body: Buffer.from(JSON.stringify(swapped)) }]);
});

describe('F14: while senders try,', () => {
  const oldToken = 'the-old-token-12345';
  const newToken = 'the-new-token-12345';

  /** One warm execution environment on a virtual clock, with a secret that is replaced. */
  async function openWarm(first: object) {
    let behaviour = holding(first);
    const store = await startAwsServer({ behaviours: [(asked) => behaviour(asked)] });
    onTestFinished(store.close);
    vi.useFakeTimers({ toFake: ['Date'] });
    onTestFinished(() => void vi.useRealTimers());
    const warm = await bench.startWithStore(store.origin);
    return {
      write: (value: object) => (behaviour = holding(value)),
      fail: (fault: Behaviour) => (behaviour = fault),
      reads: () => store.requests.length,
      pass: (ms: number) => vi.setSystemTime(Date.now() + ms),
      statuses: async (as: string, headers = {}, leftMs = 11_000) => [
        (await ask(warm, { token: as, body: good.callbacks, headers }, leftMs)).statusCode,
        (await ask(warm, { folder: 'tasks', token: as, body: good.tasks }, leftMs)).statusCode,
        (await ask(warm, { method: 'GET', token: as }, leftMs)).statusCode,
      ],
    };
  }
  const holding = (value: object) => reply(200, JSON.stringify({ SecretString: JSON.stringify(value) }));
  const welcome = [200, 202, 200];
  const unknown = [404, 404, 404];

  test('the token is replaced, and not one valid request is rejected, whatever strangers do', async () => {
    const { write, reads, pass, statuses } = await openWarm({ token: oldToken });
    const knock = async (inUse: string[], seconds: number) => {
      for (let passed = 0; passed < seconds; passed += 5) {
        pass(5_000);
        for (const valid of inUse) expect([valid, ...(await statuses(valid))]).toEqual([valid, ...welcome]);
        expect(await statuses('wrong')).toEqual(unknown);
      }
    };

    await knock([oldToken], 20);
    write({ token: newToken, previousToken: oldToken });
    // As long as `npm run rotate-token` waits before it prints the new URL.
    await knock([oldToken], secretTimes.againMs / 1000);
    await knock([oldToken, newToken], 60);
    write({ token: newToken });
    await knock([newToken], secretTimes.keptMs / 1000);

    expect(await statuses(oldToken)).toEqual(unknown);
    // One read in ten seconds, and the first.
    expect(reads()).toBeLessThanOrEqual(1 + (20 + 10 + 60 + 300) / 10);
  });

  test('the first request with the new token is what a warm receiver notices it by', async () => {
    const { write, pass, statuses } = await openWarm({ token: oldToken });
    expect(await statuses(oldToken)).toEqual(welcome);

    write({ token: newToken, previousToken: oldToken });
    pass(secretTimes.againMs);

    expect(await statuses(newToken)).toEqual(welcome);
    expect(await statuses(oldToken)).toEqual(welcome);
  });

  test('kie.ai’s key is replaced, and no signature of the old or the new one is refused', async () => {
    const { write, pass, statuses } = await openWarm({ token, kieWebhookKey: 'another-key' });
    expect(await statuses(token, signed(seconds()))).toEqual([401, 202, 200]);

    write({ token, kieWebhookKey: key, previousKieWebhookKey: 'another-key' });
    pass(secretTimes.againMs);
    expect(await statuses(token, signed(seconds()))).toEqual(welcome);

    write({ token, kieWebhookKey: 'a-third-key', previousKieWebhookKey: key });
    pass(secretTimes.keptMs);
    expect(await statuses(token, signed(seconds()))).toEqual(welcome);
  });

  test('the secret store is down: known tokens are served, and no other one is refused for good', async () => {
    const { fail, write, pass, statuses } = await openWarm({ token: oldToken });
    expect(await statuses(oldToken)).toEqual(welcome);

    fail(reply(400, '{"__type":"AccessDeniedException"}'));
    pass(secretTimes.keptMs);
    expect(await statuses(oldToken)).toEqual(welcome);
    expect(await statuses(newToken)).toEqual([503, 503, 503]);
    write({ token: newToken, previousToken: oldToken });
    pass(secretTimes.againMs);

    expect(await statuses(newToken)).toEqual(welcome);
  });

  test('P1: the secret store hangs: who is known is served in time, and the others are answered', async () => {
    const { fail, pass, statuses } = await openWarm({ token: oldToken });
    expect(await statuses(oldToken)).toEqual(welcome);

    fail(hang);
    pass(secretTimes.keptMs);

    expect(await statuses(oldToken)).toEqual(welcome);
    expect(await statuses(newToken)).toEqual([503, 503, 503]);
    expect(secretTimes.rereadMs).toBeLessThanOrEqual(5_000);
  });
});
