import { describe, expect, test } from 'vitest';
import type { Labels } from '../../../functions/domain/labels.ts';
import { limits } from '../../../functions/domain/limits.ts';
import { decodeMessage } from '../../../functions/domain/message.ts';
import { expectTasks } from '../../../functions/receiver/expect-tasks.ts';
import { respond } from '../../../functions/receiver/http.ts';

const token = 'a-token-of-some-length';
const now = new Date('2026-11-20T10:00:00.000Z');
const task = { provider: 'sunoapi.org', kind: 'music', taskId: 't1' } as const;
const many = (count: number, taskId: (index: number) => string = String) =>
  Array.from({ length: count }, (_, index) => ({ ...task, taskId: taskId(index) }));

async function announce(
  body: unknown,
  {
    as = token,
    kieWebhookKeys = ['a key'],
    labels = {},
  }: { as?: string; kieWebhookKeys?: string[]; labels?: Labels } = {},
) {
  const sent: string[] = [];
  const queue = { send: async (message: string) => void sent.push(message) };
  const deps = { queue, readSecret: async () => ({ tokens: [token], kieWebhookKeys }), clock: { now: () => now } };
  const bytes = Buffer.isBuffer(body) ? body : Buffer.from(JSON.stringify(body));
  const { statusCode, body: answer } = respond(
    await expectTasks({ token: as, labels, body: bytes }, deps, new AbortController().signal),
  );
  return { statusCode, answer: JSON.parse(String(answer)), sent };
}

describe('tasks that are announced', () => {
  test.each([
    ['one', task, [task]],
    ['an array of one', [task], [task]],
    ['several', many(3), many(3)],
    ['the most', many(1_000), many(1_000)],
    ['with more fields than are known', { ...task, label: 'x' }, [task]],
  ])('%s: are in the queue, in one message, before they are acknowledged', async (_, body, tasks) => {
    const { statusCode, answer, sent } = await announce(body);

    expect([statusCode, answer]).toEqual([202, { status: 'expected', tasks: tasks.length }]);
    expect(sent.map((message) => decodeMessage(message))).toEqual([
      { type: 'expected', receivedAt: now.toISOString(), labels: {}, tasks },
    ]);
  });

  test('carry the labels of their URL, in characters that the queue takes', async () => {
    const labels = { project: 'demo & co', odd: 'a\uffffb' };

    const { sent } = await announce(task, { labels });

    expect(sent[0]).not.toContain('\uffff');
    expect(decodeMessage(sent[0] ?? '')).toMatchObject({ type: 'expected', labels, tasks: [task] });
  });

  test('P1: are not acknowledged when the queue does not take them', async () => {
    const queue = { send: () => Promise.reject(new Error('the queue is not there')) };
    const deps = {
      queue,
      readSecret: async () => ({ tokens: [token], kieWebhookKeys: [] }),
      clock: { now: () => now },
    };
    const request = { token, labels: {}, body: Buffer.from(JSON.stringify(task)) };

    await expect(expectTasks(request, deps, new AbortController().signal)).rejects.toThrow('the queue is not there');
  });

  test('the most, with the longest ids, fit a message; with ids of nothing but quotes they do not, and none is cut', async () => {
    const fits = await announce(many(1_000, (index) => `${index}`.padEnd(512, 'x')));
    const tooLarge = await announce(many(1_000, (index) => `${index}`.padEnd(512, '"')));

    expect(fits.statusCode).toBe(202);
    expect(Buffer.byteLength(fits.sent[0] ?? '')).toBeLessThanOrEqual(limits.messageBytes);
    expect(tooLarge).toMatchObject({ statusCode: 413, sent: [] });
    expect(tooLarge.answer.reason).toContain('send fewer tasks');
  });
});

test.each([
  ['nothing', Buffer.alloc(0), 400, /not JSON/],
  ['a form', Buffer.from('provider=kie.ai&kind=music&taskId=t1'), 400, /not JSON/],
  ['an empty array', [], 400, /no task/],
  ['one too many', many(1_001), 400, /at most 1000 tasks .* send the others/],
  ['a wrong one among them', [task, { ...task, kind: 'secret words' }], 400, /^\[1\]: kind must be one of music, /],
  ['too many bytes', Buffer.from(JSON.stringify(task).padEnd(limits.callbackBytes + 1)), 413, /send fewer tasks/],
])('%s is refused, and said why without quoting it', async (_, body, status, reason) => {
  const { statusCode, answer, sent } = await announce(body);

  expect([statusCode, answer.status, sent]).toEqual([status, 'refused', []]);
  expect(answer.reason).toMatch(reason);
  expect(answer.reason).not.toContain('secret words');
});

test('a wrong token gets the answer of an unknown path, whatever the body is', async () => {
  for (const body of [task, Buffer.alloc(limits.callbackBytes + 1), Buffer.from('{')]) {
    expect(await announce(body, { as: 'wrong' })).toEqual({
      statusCode: 404,
      answer: { message: 'Not Found' },
      sent: [],
    });
  }
});
