import { expect, onTestFinished, test } from 'vitest';
import { createSecretReader } from '../../../functions/adapters/secret.ts';
import { type Behaviour, reply, startAwsServer } from '../../doubles/aws-server.ts';

const account = { AWS_REGION: 'us-east-1', AWS_ACCESS_KEY_ID: 'any', AWS_SECRET_ACCESS_KEY: 'any' };
const secret = (value: unknown) => reply(200, JSON.stringify({ SecretString: JSON.stringify(value) }));

async function openReader(...behaviours: Behaviour[]) {
  const server = await startAwsServer({ behaviours });
  onTestFinished(server.close);
  const read = createSecretReader('trackkeeper', { ...account, AWS_ENDPOINT_URL_SECRETS_MANAGER: server.origin });
  return { read, server };
}

test.each([
  [{ token: 'a' }, { tokens: ['a'], kieWebhookKey: null }],
  [
    { token: 'a', previousToken: null, kieWebhookKey: '' },
    { tokens: ['a'], kieWebhookKey: null },
  ],
  [
    { token: 'a', previousToken: 'b', kieWebhookKey: 'k', other: 1 },
    { tokens: ['a', 'b'], kieWebhookKey: 'k' },
  ],
])('the secret %j is understood', async (value, understood) => {
  const { read } = await openReader(secret(value));

  expect(await read()).toEqual(understood);
});

test('it is asked for by its id, once, by however many', async () => {
  const { read, server } = await openReader(secret({ token: 'a' }));

  await Promise.all([read(), read()]);
  await read();

  expect(server.requests).toHaveLength(1);
  expect(server.requests[0]).toMatchObject({
    headers: { 'x-amz-target': 'secretsmanager.GetSecretValue', 'content-type': 'application/x-amz-json-1.1' },
    body: Buffer.from('{"SecretId":"trackkeeper"}'),
  });
});

test('a failed read is made again the next time', async () => {
  const denied = reply(400, '{"__type":"AccessDeniedException","Message":"not you"}');
  const { read } = await openReader(denied, secret({ token: 'a' }));

  await expect(read()).rejects.toThrow('GetSecretValue: 400 AccessDeniedException not you');
  expect(await read()).toMatchObject({ tokens: ['a'] });
});

test.each([
  ['no JSON', reply(200, JSON.stringify({ SecretString: 'hush-hush' }))],
  ['without a token', secret({ key: 'hush-hush' })],
  ['with an empty token', secret({ token: '', kieWebhookKey: 'hush-hush' })],
  ['with a token that is no text', secret({ token: ['hush-hush'] })],
  ['binary', reply(200, '{"SecretBinary":"aHVzaC1odXNo"}')],
])('a secret that is %s is refused, in words that do not give it away', async (_, behaviour) => {
  const { read } = await openReader(behaviour);

  const failure = await read().then(String, String);

  expect(failure).toBe('UnavailableError: the secret must be JSON with a "token"');
});
