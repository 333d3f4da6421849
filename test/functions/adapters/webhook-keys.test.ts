import { describe, expect, onTestFinished, test } from 'vitest';
import { createReadWebhookKeys } from '../../../functions/adapters/webhook-keys.ts';
import { UnavailableError } from '../../../functions/domain/errors.ts';
import { type Behaviour, reply, startAwsServer } from '../../doubles/aws-server.ts';

const account = { AWS_REGION: 'us-east-1', AWS_ACCESS_KEY_ID: 'any', AWS_SECRET_ACCESS_KEY: 'any' };
const holding = (text: string) => reply(200, JSON.stringify({ SecretString: text }));
const keyOf = (bytes: number, fill = 1) => `whsec_${Buffer.alloc(bytes, fill).toString('base64')}`;

async function openReader(...behaviours: Behaviour[]) {
  const server = await startAwsServer({ behaviours });
  onTestFinished(server.close);
  return createReadWebhookKeys('trackkeeper', { ...account, AWS_ENDPOINT_URL_SECRETS_MANAGER: server.origin });
}

test.each([
  [{ token: 'a' }, []],
  [{ token: 'a', forwardKey: null, previousForwardKey: '' }, []],
  [{ token: 'a', forwardKey: keyOf(24) }, [Buffer.alloc(24, 1)]],
  [{ token: 'a', forwardKey: keyOf(64), previousForwardKey: keyOf(32, 2) }, [Buffer.alloc(64, 1), Buffer.alloc(32, 2)]],
  [{ token: 'a', previousForwardKey: keyOf(32) }, []],
])('of the secret %j the keys are read', async (secret, keys) => {
  const read = await openReader(holding(JSON.stringify(secret)));

  expect(await read()).toEqual(keys);
});

test('a key that was replaced is noticed at once', async () => {
  const read = await openReader(
    holding(JSON.stringify({ forwardKey: keyOf(32, 1) })),
    holding(JSON.stringify({ forwardKey: keyOf(32, 2) })),
  );

  expect([await read(), await read()]).toEqual([[Buffer.alloc(32, 1)], [Buffer.alloc(32, 2)]]);
});

describe('a secret that does not say how to sign', () => {
  test.each([
    ['is no JSON', 'MY-KEY'],
    ['is no object', '"MY-KEY"'],
    ['has a key of another form', '{"forwardKey":"MY-KEY"}'],
    ['has a key that is too short', JSON.stringify({ forwardKey: keyOf(23) })],
    ['has a key that is too long', JSON.stringify({ forwardKey: keyOf(65) })],
    ['has a key that is no text', '{"forwardKey":7}'],
  ])('because it %s is a fault that repeats nothing of it', async (_, text) => {
    const read = await openReader(holding(text));

    const failure = await read().catch((error: unknown) => error);

    expect(String(failure)).toMatch(/^Error: (forwardKey|the secret)/);
    expect(String(failure)).not.toMatch(/MY-KEY|AQEB/);
  });
});

test('a secret that may not be read is an outage', async () => {
  const read = await openReader(reply(400, '{"__type":"AccessDeniedException"}'));

  await expect(read()).rejects.toThrow(UnavailableError);
});
