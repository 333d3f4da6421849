import { describe, expect, test } from 'vitest';
import { UnavailableError } from '../../../functions/domain/errors.ts';
import { processForwardMessage } from '../../../functions/forwarder/process-message.ts';
import { envelopeOf, openBench, taskId } from './forward-setup.ts';

const minute = 60_000;

function receivedOf(body: string, receiveCount = 1) {
  const waits: number[] = [];
  const returnToQueue = async (afterMs: number) => void waits.push(afterMs);
  return { waits, received: { messageId: 'm-1', body, receiveCount, returnToQueue } };
}

test('what the endpoint took is done', async () => {
  const bench = openBench();
  const { received, waits } = receivedOf(envelopeOf('TaskArchived'));

  expect(await processForwardMessage(received, bench.deps)).toBe(true);

  expect([bench.posted.length, waits]).toEqual([1, []]);
});

test('an endpoint that is down at first gets it later, and once', async () => {
  const bench = openBench({ answers: [{ status: 503 }, new UnavailableError('no connection'), { status: 200 }] });
  const body = envelopeOf('TaskArchived');

  const ends = [];
  for (const receiveCount of [1, 2, 3]) {
    const { received, waits } = receivedOf(body, receiveCount);
    ends.push([await processForwardMessage(received, bench.deps), waits]);
  }

  expect(ends).toEqual([
    [false, [minute]],
    [false, [5 * minute]],
    [true, []],
  ]);
  const ids = bench.posted.map(({ headers }) => headers['webhook-id']);
  expect(new Set(ids).size).toBe(1);
});

describe('what cannot be passed on', () => {
  test.each([
    ['no JSON', 'hello'],
    ['no event', '{}'],
    ['an event of another kind', envelopeOf('AssetAtRisk')],
    ['an event of a later version', envelopeOf('TaskArchived').replace('"schemaVersion":1', '"schemaVersion":2')],
    ['an id that no header takes', envelopeOf('TaskArchived', { id: 'a\r\nb' })],
    ['an id that the signature would not be sure of', envelopeOf('TaskArchived', { id: 'a.b' })],
  ])('because it is %s is handed back until the queue sets it aside', async (_, body) => {
    const bench = openBench();
    const { received, waits } = receivedOf(body, 4);

    expect(await processForwardMessage(received, bench.deps)).toBe(false);

    expect(bench.posted).toEqual([]);
    expect(waits).toEqual([120 * minute]);
    expect(bench.logged).toEqual([
      ['error', 'forward.failed', expect.objectContaining({ messageId: 'm-1', receiveCount: 4 })],
    ]);
  });
});

test('a failure is logged with its task and its reason', async () => {
  const bench = openBench({ answers: [{ status: 500 }] });

  await processForwardMessage(receivedOf(envelopeOf('TaskFailed')).received, bench.deps);

  expect(bench.logged).toEqual([
    [
      'error',
      'forward.failed',
      expect.objectContaining({ taskId, detail: expect.stringContaining('music.example.com answered 500') }),
    ],
  ]);
});

test('a message that cannot be hidden comes back all the same', async () => {
  const bench = openBench({ answers: [{ status: 500 }] });
  const { received } = receivedOf(envelopeOf('TaskFailed'));
  const returnToQueue = async () => {
    throw new UnavailableError('SQS is down');
  };

  expect(await processForwardMessage({ ...received, returnToQueue: returnToQueue }, bench.deps)).toBe(false);

  expect(bench.logged.at(-1)).toEqual(['error', 'message.not_hidden', expect.objectContaining({ messageId: 'm-1' })]);
});
