import { createHmac } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { checkSignature, checkToken, checkWithFreshSecret } from '../../../functions/receiver/verify.ts';

describe('the token', () => {
  const secret = { tokens: ['the-new-token-1234567', 'the-old-token-1234567'], kieWebhookKeys: [] };

  test.each(secret.tokens)('%s is valid, the new one and the one that is being rotated out', (token) => {
    expect(checkToken(token, secret)).toBeNull();
  });

  test.each(['', 'the-new-token-123456', 'the-new-token-12345678', 'x'.repeat(10_000), '\ud800'])(
    '%j is not',
    (token) => {
      expect(checkToken(token, secret)).not.toBeNull();
    },
  );
});

describe('kie.ai’s signature', () => {
  const key = 'test-hmac-key';
  const taskId = 'ee9c2715375b7837f8bb51d641ff5863';
  const timestamp = '1769670760';
  const signature = 'Rnkdt30BYrQRHRTTZPVbPWvpV8NX6sTTZvi7GJmVyu4=';
  const now = new Date(1769670760_000);

  test('of a known key, id and time is the documented one', () => {
    expect(checkSignature({ timestamp, signature }, { taskId, keys: [key], now })).toBeNull();
  });

  test('holds by either key while one is being replaced, and by none that is not there any more', () => {
    const signed = { timestamp, signature };

    expect(checkSignature(signed, { taskId, keys: ['new', key], now })).toBeNull();
    expect(checkSignature(signed, { taskId, keys: [key, 'old'], now })).toBeNull();
    expect(checkSignature(signed, { taskId, keys: ['new'], now })).toMatch(/does not match/);
  });

  test('is not asked for without a key', () => {
    expect(checkSignature({ timestamp: undefined, signature: undefined }, { taskId, keys: [], now })).toBeNull();
  });

  test.each([-300, -1, 0, 1, 300])('holds %i seconds away from its time', (seconds) => {
    const then = new Date(now.getTime() + seconds * 1000);

    expect(checkSignature({ timestamp, signature }, { taskId, keys: [key], now: then })).toBeNull();
  });

  const at = (stamp: string) => createHmac('sha256', key).update(`${taskId}.${stamp}`).digest('base64');
  const faults: [string, Parameters<typeof checkSignature>[0], string | null, Date, RegExp][] = [
    ['without a signature', { timestamp, signature: undefined }, taskId, now, /missing/],
    ['without a timestamp', { timestamp: undefined, signature }, taskId, now, /missing/],
    ['with a short signature', { timestamp, signature: 'abc' }, taskId, now, /does not match/],
    ['with garbage for a signature', { timestamp, signature: '\u{1f3b8}'.repeat(9) }, taskId, now, /does not match/],
    ['with a timestamp in words', { timestamp: 'now', signature: at('now') }, taskId, now, /not a number/],
    ['of another task', { timestamp, signature }, 'other', now, /does not match/],
    ['of no task', { timestamp, signature }, null, now, /no task id/],
    ['of 301 seconds ago', { timestamp, signature }, taskId, new Date(now.getTime() + 301_000), /older than 5 minutes/],
    [
      'of 301 seconds ahead',
      { timestamp, signature },
      taskId,
      new Date(now.getTime() - 301_000),
      /older than 5 minutes/,
    ],
  ];

  test.each(faults)('is refused %s', (_, signed, id, then, reason) => {
    expect(checkSignature(signed, { taskId: id, keys: [key], now: then })).toMatch(reason);
  });
});

describe('who would be refused', () => {
  const oldSecret = { tokens: ['old'], kieWebhookKeys: [] };
  const newSecret = { tokens: ['new'], kieWebhookKeys: [] };

  function reader(fresh: () => Promise<typeof newSecret>) {
    const needs: (string | undefined)[] = [];
    const readSecret = (need?: 'fresh') => {
      needs.push(need);
      return need === 'fresh' ? fresh() : Promise.resolve(oldSecret);
    };
    return {
      needs,
      faultOf: (token: string) => checkWithFreshSecret(readSecret, (secret) => checkToken(token, secret)),
    };
  }

  test.each([
    ['old', null, [undefined]],
    ['new', null, [undefined, 'fresh']],
    ['wrong', 'the token is unknown', [undefined, 'fresh']],
  ])('is judged again by a fresh secret, and no one else: %s', async (token, fault, asked) => {
    const { needs, faultOf } = reader(async () => newSecret);

    expect(await faultOf(token)).toBe(fault);
    expect(needs).toEqual(asked);
  });

  test('is not refused while that cannot be judged', async () => {
    const { faultOf } = reader(() => Promise.reject(new Error('down')));

    await expect(faultOf('wrong')).rejects.toThrow('down');
  });
});
