import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { limits } from '../../../functions/domain/limits.ts';
import { decodeMessage, encodeMessage } from '../../../functions/domain/message.ts';

const head = { receivedAt: '2026-11-20T10:00:00.000Z', labels: { project: 'demo & "co"' } };

/** Characters that SQS takes, as its documentation names them. */
const takenBySqs = /^[\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]*$/u;

describe('a callback in the queue', () => {
  test('P2: any bytes arrive as they were sent, in characters that the queue takes', () => {
    const bodies = fc.oneof(
      fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
      fc.string({ unit: 'binary', maxLength: 300 }).map((text) => Buffer.from(text)),
    );
    fc.assert(
      fc.property(bodies, (body) => {
        const message = encodeMessage({ ...head, body });
        expect(message).toMatch(takenBySqs);
        expect(decodeMessage(message ?? '')).toEqual({ ...head, body });
      }),
      { numRuns: 500 },
    );
  });

  test.each(['{"a":"x&y+z=%20"}', '{"a":"🎸"}', '{"a":"\ufffe\uffff"}', '\ufeff{}'])(
    '%j is the same after the journey',
    (text) => {
      expect(decodeMessage(encodeMessage({ ...head, body: Buffer.from(text) }) ?? '')?.body.toString()).toBe(text);
    },
  );

  test('stays readable for a person who looks into the queue', () => {
    expect(encodeMessage({ ...head, body: Buffer.from('{"task_id":"t"}') })).toContain('task_id');
  });

  test('of 4 MiB travels compressed within what the queue takes', () => {
    const notes = Array.from({ length: 90_000 }, (_, index) => ({ pitch: index % 88, start: index / 7, velocity: 1 }));
    const body = Buffer.from(JSON.stringify({ code: 200, notes })).subarray(0, limits.callbackBytes);

    const message = encodeMessage({ ...head, body }) ?? '';

    expect(body.length).toBe(limits.callbackBytes);
    expect(Buffer.byteLength(message)).toBeLessThanOrEqual(limits.messageBytes);
    expect(decodeMessage(message)?.body.equals(body)).toBe(true);
  });

  test('that does not fit even compressed is said not to fit', () => {
    expect(encodeMessage({ ...head, body: randomBytes(2 * 1024 ** 2) })).toBeNull();
  });
});

describe('what is no message of ours', () => {
  test.each(['', '{', '{"schemaVersion":2}', 'null', '{"code":200,"data":{"task_id":"t"}}'])(
    '%j is told apart',
    (text) => {
      expect(decodeMessage(text)).toBeUndefined();
    },
  );

  test('a message that unpacks to more than a callback may be is refused', () => {
    const bomb = encodeMessage({ ...head, body: Buffer.alloc(limits.callbackBytes + 1) }) ?? '';

    expect(decodeMessage(bomb)).toBeUndefined();
  });
});
