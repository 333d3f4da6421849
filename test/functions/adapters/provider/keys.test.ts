import { expect, onTestFinished, test } from 'vitest';
import { createKeysReader } from '../../../../functions/adapters/provider/keys.ts';
import { type Behaviour, reply, startAwsServer } from '../../../doubles/aws-server.ts';
import { secretOf } from './provider-setup.ts';

const { signal } = new AbortController();

async function openKeys(...behaviours: Behaviour[]) {
  const server = await startAwsServer({ behaviours });
  onTestFinished(server.close);
  let now = Date.parse('2026-11-21T12:00:00Z');
  const environment = {
    ...{ AWS_REGION: 'us-east-1', AWS_ACCESS_KEY_ID: 'any', AWS_SECRET_ACCESS_KEY: 'any' },
    AWS_ENDPOINT_URL_SECRETS_MANAGER: server.origin,
  };
  const read = createKeysReader('keys', environment, { now: () => new Date(now) });
  return { server, read: () => read(signal), pass: (minutes: number) => (now += minutes * 60_000) };
}

test.each([
  [
    { 'sunoapi.org': 'a', 'kie.ai': 'b' },
    { 'sunoapi.org': 'a', 'kie.ai': 'b' },
  ],
  [{ 'kie.ai': ' b\n' }, { 'sunoapi.org': null, 'kie.ai': 'b' }],
  [
    { 'sunoapi.org': '', 'kie.ai': null, other: 1 },
    { 'sunoapi.org': null, 'kie.ai': null },
  ],
])('the secret %j is understood', async (value, understood) => {
  const { read } = await openKeys(secretOf(value));

  expect(await read()).toEqual(understood);
});

test('keys are kept for five minutes, so that one that was replaced is noticed', async () => {
  const { read, pass, server } = await openKeys(secretOf({ 'kie.ai': 'old' }), secretOf({ 'kie.ai': 'new' }));

  await read();
  pass(4.9);
  expect(await read()).toMatchObject({ 'kie.ai': 'old' });
  pass(0.1);
  expect(await read()).toMatchObject({ 'kie.ai': 'new' });
  expect(server.requests).toHaveLength(2);
});

test('keys that cannot be read again are not used any longer, until they can', async () => {
  const denied = reply(400, '{"__type":"AccessDeniedException","Message":"not you"}');
  const { read, pass } = await openKeys(secretOf({ 'kie.ai': 'old' }), denied, secretOf({ 'kie.ai': 'new' }));

  await read();
  pass(5);
  await expect(read()).rejects.toMatchObject({ name: 'ServiceError', message: expect.stringContaining('not you') });
  expect(await read()).toMatchObject({ 'kie.ai': 'new' });
});

test.each([
  ['no JSON', reply(200, JSON.stringify({ SecretString: 'hush-hush' }))],
  ['a list', secretOf(['hush-hush'])],
  ['a key that is no text', secretOf({ 'kie.ai': { key: 'hush-hush' } })],
  ['a key that is no word', secretOf({ 'kie.ai': 'hush-hush\r\nx: y' })],
])('a secret that holds %s is refused, with an explanation that does not reveal it', async (_, behaviour) => {
  const { read } = await openKeys(behaviour);

  const failure = await read().then(String, String);

  expect(failure).toBe('UnavailableError: it must be JSON like {"sunoapi.org": "<key>", "kie.ai": "<key>"}');
});

test('without a secret there are no keys, and no one is asked for them', async () => {
  const read = createKeysReader('', {}, { now: () => new Date() });

  expect(await read(signal)).toEqual({ 'sunoapi.org': null, 'kie.ai': null });
});
