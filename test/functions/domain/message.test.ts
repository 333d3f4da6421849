import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { limits } from '../../../functions/domain/limits.ts';
import { decodeMessage, encodeCallback, encodeMessage } from '../../../functions/domain/message.ts';

const head = { receivedAt: '2026-11-20T10:00:00.000Z', labels: { project: 'demo & "co"', odd: '\ufffe' } };

const bodyOf = (message: string | null) => {
  const decoded = decodeMessage(message ?? '');
  return decoded?.type === 'callback' ? decoded.body : undefined;
};

/** The characters that SQS accepts, by its documentation. */
const takenBySqs = /^[\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]*$/u;

describe('a callback in the queue', () => {
  test('P2: any bytes arrive as they were sent, in characters that the queue takes', () => {
    const bodies = fc.oneof(
      fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
      fc.string({ unit: 'binary', maxLength: 300 }).map((text) => Buffer.from(text)),
    );
    fc.assert(
      fc.property(bodies, (body) => {
        const message = encodeCallback({ ...head, body });
        expect(message).toMatch(takenBySqs);
        expect(decodeMessage(message ?? '')).toMatchObject({ type: 'callback', ...head, body });
      }),
      { numRuns: 500 },
    );
  });

  test.each(['{"a":"x&y+z=%20"}', '{"a":"🎸"}', '{"a":"\ufffe\uffff"}', '\ufeff{}'])(
    '%j is the same after the journey',
    (text) => {
      expect(bodyOf(encodeCallback({ ...head, body: Buffer.from(text) }))?.toString()).toBe(text);
    },
  );

  test('stays readable for a person who looks into the queue', () => {
    expect(encodeCallback({ ...head, body: Buffer.from('{"task_id":"t"}') })).toContain('task_id');
  });

  test('of 4 MiB travels compressed within what the queue takes', () => {
    const notes = Array.from({ length: 90_000 }, (_, index) => ({ pitch: index % 88, start: index / 7, velocity: 1 }));
    const body = Buffer.from(JSON.stringify({ code: 200, notes })).subarray(0, limits.callbackBytes);

    const message = encodeCallback({ ...head, body }) ?? '';

    expect(body.length).toBe(limits.callbackBytes);
    expect(Buffer.byteLength(message)).toBeLessThanOrEqual(limits.messageBytes);
    expect(bodyOf(message)?.equals(body)).toBe(true);
  });

  test('that does not fit even compressed is said not to fit', () => {
    expect(encodeCallback({ ...head, body: randomBytes(2 * 1024 ** 2) })).toBeNull();
  });
});

describe('what is no callback', () => {
  const receivedAt = '2026-11-20T10:00:00.000Z';
  const tasks = [{ provider: 'kie.ai', kind: 'music', taskId: 'a "b" 음' }] as const;

  const messages: Parameters<typeof encodeMessage>[0][] = [
    { type: 'expected', receivedAt, labels: { project: 'demo \uffff' }, tasks: [...tasks] },
    { type: 'expected', receivedAt, labels: {}, tasks: [] },
    { type: 'wake', task: 'abc', marker: receivedAt },
    { type: 'retry', task: 'abc' },
    { type: 'retry', task: 'abc', damaged: { at: receivedAt, keys: ['library/a.mp3'] } },
  ];
  test.each(messages)('arrives as it was sent: %j', (message) => {
    const sent = encodeMessage(message);

    expect(sent).toMatch(takenBySqs);
    expect(decodeMessage(sent)).toEqual(message);
  });

  test('an announcement of an earlier version, which knew no labels, has none', () => {
    const sent = { schemaVersion: 1, type: 'expected', receivedAt, tasks };

    expect(decodeMessage(JSON.stringify(sent))).toEqual({ type: 'expected', receivedAt, labels: {}, tasks });
  });

  test.each([
    '{"schemaVersion":1,"type":"hologram"}',
    '{"schemaVersion":1,"type":"retry","task":""}',
    '{"schemaVersion":1,"type":"retry","task":"a","damaged":{"keys":["library/a.mp3"]}}',
    '{"schemaVersion":1,"type":"wake","task":"a","marker":"soon"}',
    '{"schemaVersion":1,"type":"wake","task":"a"}',
    '{"schemaVersion":2,"type":"retry","task":"a"}',
    '{"schemaVersion":1,"type":"expected","receivedAt":"2026-11-20T10:00:00.000Z","tasks":[{"taskId":"a"}]}',
  ])('is no message of ours where it lacks what it needs: %s', (text) => {
    expect(decodeMessage(text)).toBeUndefined();
  });
});

describe('what is no message of ours', () => {
  test.each(['', '{', '{"schemaVersion":2}', 'null', '{"code":200,"data":{"task_id":"t"}}'])(
    '%j is recognised as its type',
    (text) => {
      expect(decodeMessage(text)).toBeUndefined();
    },
  );

  test('a message that unpacks to more than a callback may be is refused', () => {
    const bomb = encodeCallback({ ...head, body: Buffer.alloc(limits.callbackBytes + 1) }) ?? '';

    expect(decodeMessage(bomb)).toBeUndefined();
  });
});
