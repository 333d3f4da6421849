import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { limits } from '../../../functions/domain/limits.ts';
import { decodeMessage } from '../../../functions/domain/message.ts';
import { respond } from '../../../functions/receiver/http.ts';
import { type CallbackRequest, receive } from '../../../functions/receiver/receive.ts';

const token = 'a-token-of-some-length';
const now = new Date('2026-11-20T10:00:00.000Z');
const callback = { code: 200, msg: 'ok', data: { callbackType: 'text', task_id: 't1', data: [] } };

function request(more: Partial<CallbackRequest> = {}): CallbackRequest {
  return {
    method: 'POST',
    token,
    body: Buffer.from(JSON.stringify(callback)),
    labels: {},
    signed: { timestamp: undefined, signature: undefined },
    ...more,
  };
}

function receiver({ kieWebhookKeys = [], refuses = false }: { kieWebhookKeys?: string[]; refuses?: boolean } = {}) {
  const sent: string[] = [];
  const queue = {
    async send(message: string) {
      if (refuses) throw new Error('the queue is not there');
      sent.push(message);
    },
  };
  const deps = { queue, readSecret: async () => ({ tokens: [token], kieWebhookKeys }), clock: { now: () => now } };
  const signal = new AbortController().signal;
  return { sent, receive: (one: CallbackRequest) => receive(one, deps, signal) };
}

async function answerTo(one: CallbackRequest, options: Parameters<typeof receiver>[0] = {}) {
  const { sent, receive: handle } = receiver(options);
  const { statusCode, body } = respond(await handle(one));
  return { statusCode, body: JSON.parse(String(body)), sent };
}

describe('a callback with the right token', () => {
  test('is queued and acknowledged', async () => {
    const { statusCode, body, sent } = await answerTo(request({ labels: { project: 'demo' } }));

    expect([statusCode, body]).toEqual([200, { status: 'received' }]);
    expect(sent.map((message) => decodeMessage(message))).toMatchObject([
      { type: 'callback', receivedAt: now.toISOString(), labels: { project: 'demo' }, body: request().body },
    ]);
  });

  test.each([
    ['is not JSON', '{"code":', 'the body is not JSON'],
    ['has no task id', '{"code":200,"data":{}}', 'there is no task id anywhere'],
    ['is empty', '', 'the body is not JSON'],
  ])('that %s is queued all the same, and said to be quarantined', async (_, text, reason) => {
    const { statusCode, body, sent } = await answerTo(request({ body: Buffer.from(text) }));

    expect([statusCode, body]).toEqual([200, { status: 'quarantined', reason }]);
    expect(decodeMessage(sent[0] ?? '')).toMatchObject({ type: 'callback', body: Buffer.from(text) });
  });

  test('P1: is never acknowledged when the queue does not take it', async () => {
    await expect(receiver({ refuses: true }).receive(request())).rejects.toThrow('the queue is not there');
  });

  test('over the limit is refused, and one that just fits is not', async () => {
    const fits = Buffer.from(JSON.stringify(callback).padEnd(limits.callbackBytes, ' '));

    expect((await answerTo(request({ body: fits }))).statusCode).toBe(200);
    expect((await answerTo(request({ body: Buffer.concat([fits, Buffer.from(' ')]) }))).statusCode).toBe(413);
  });

  test('that fits no message even compressed is refused, never cut', async () => {
    const body = Buffer.from(JSON.stringify({ ...callback, noise: randomBytes(2 * 1024 ** 2).toString('base64') }));

    expect(await answerTo(request({ body }))).toMatchObject({ statusCode: 413, sent: [] });
  });
});

describe('a wrong token', () => {
  test.each(['GET', 'POST'])('gets the answer of an unknown path to a %s, and nothing is queued', async (method) => {
    expect(await answerTo(request({ method, token: 'wrong' }))).toEqual({
      statusCode: 404,
      body: { message: 'Not Found' },
      sent: [],
    });
  });
});

test('a person who opens the URL in a browser sees that it is the right one', async () => {
  expect(await answerTo(request({ method: 'GET' }))).toEqual({ statusCode: 200, body: { status: 'ready' }, sent: [] });
});

test('a callback that lacks the signature the owner asks for is refused with the reason', async () => {
  const { statusCode, body, sent } = await answerTo(request(), { kieWebhookKeys: ['a key'] });

  expect([statusCode, body.reason, sent]).toEqual([401, 'the signature headers are missing', []]);
});

test('a callback that could not be queued asks to be sent again', () => {
  expect(respond({ outcome: 'unqueued' })).toMatchObject({ statusCode: 503, headers: { 'retry-after': '5' } });
});
