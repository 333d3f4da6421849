import { expect, test } from 'vitest';
import { callbackUrl } from '../../client/callback-url.ts';

const deployed = {
  outputs: { CallbackBaseUrl: 'https://abc.execute-api.eu-west-1.amazonaws.com/callbacks/', SecretId: 'arn:secret' },
  secret: '{"token":"abcdefghijklmnop"}',
};

/** Knows one stack and one secret. */
const cloudWith = ({ outputs, secret }: { outputs: Record<string, string>; secret: string }) => ({
  outputsOf: async (name: string) => (name === 'Music' ? outputs : {}),
  secretValue: async (id: string) => (id === 'arn:secret' ? secret : ''),
});

test('the callback URL is the address of the stack and the token of its secret', async () => {
  const url = await callbackUrl('Music', cloudWith(deployed));

  expect(url).toBe('https://abc.execute-api.eu-west-1.amazonaws.com/callbacks/abcdefghijklmnop');
});

test('what else the secret holds stays there', async () => {
  const secret = JSON.stringify({ token: 'abcdefghijklmnop', previousToken: 'old', kieWebhookKey: 'key' });

  expect(await callbackUrl('Music', cloudWith({ ...deployed, secret }))).toMatch(/\/abcdefghijklmnop$/);
});

test('a stack without the outputs is named as not ours or not finished', async () => {
  await expect(callbackUrl('Other', cloudWith(deployed))).rejects.toThrow(
    /Other has no callback URL.*describe-stack-events/,
  );
});

test.each([
  ['is empty', ''],
  ['is the bare token', 'abcdefghijklmnop'],
  ['has no token', '{"tokens":"abcdefghijklmnop"}'],
  ['has a short token', '{"token":"abcdefghijklmno"}'],
  ['has a token that a URL cannot hold', '{"token":"abcdefgh/ijklmnop"}'],
])('a secret that %s is refused without being repeated', async (_case, secret) => {
  const refusal = await callbackUrl('Music', cloudWith({ ...deployed, secret })).catch(String);

  expect(refusal).toMatch(/arn:secret must be JSON with a "token".*put-secret-value/);
  expect(refusal).not.toContain('ijkl');
});
