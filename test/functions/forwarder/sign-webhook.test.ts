import { expect, test } from 'vitest';
import { signWebhook } from '../../../functions/forwarder/forward.ts';

test('a signature is that of the example in the specification', () => {
  // https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
  const key = Buffer.from('MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', 'base64');
  const signed = { id: 'msg_p5jXN8AQM9LWM0D4loKWxJek', seconds: 1614265330, body: '{"test": 2432232314}' };

  expect(signWebhook(signed, [key])).toBe('v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=');
});

test('while a key is replaced, there is a signature of each', () => {
  const signed = { id: 'a', seconds: 1, body: '{}' };
  const [one, other] = [Buffer.alloc(24, 1), Buffer.alloc(24, 2)];

  expect(signWebhook(signed, [one, other]).split(' ')).toEqual([
    signWebhook(signed, [one]),
    signWebhook(signed, [other]),
  ]);
});
