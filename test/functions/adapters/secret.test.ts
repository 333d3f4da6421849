import { describe, expect, onTestFinished, test } from 'vitest';
import { createSecretReader, secretTimes } from '../../../functions/adapters/secret.ts';
import { type Behaviour, hang, reply, startAwsServer } from '../../doubles/aws-server.ts';
import { virtualClock } from '../../doubles/virtual-clock.ts';

const account = { AWS_REGION: 'us-east-1', AWS_ACCESS_KEY_ID: 'any', AWS_SECRET_ACCESS_KEY: 'any' };
const secret = (value: unknown) => reply(200, JSON.stringify({ SecretString: JSON.stringify(value) }));

async function openReader(...behaviours: Behaviour[]) {
  const server = await startAwsServer({ behaviours });
  onTestFinished(server.close);
  const clock = virtualClock('2026-11-20T10:00:00Z');
  const lines: unknown[] = [];
  const log = (...line: unknown[]) => void lines.push(line);
  const environment = { ...account, AWS_ENDPOINT_URL_SECRETS_MANAGER: server.origin };
  const read = createSecretReader('trackkeeper', environment, { clock, log, rereadMs: 100 });
  return { read, server, clock, lines };
}

test.each([
  [{ token: 'a' }, { tokens: ['a'], kieWebhookKeys: [] }],
  [
    { token: 'a', previousToken: null, kieWebhookKey: '' },
    { tokens: ['a'], kieWebhookKeys: [] },
  ],
  [
    { token: 'a', previousToken: 'b', kieWebhookKey: 'k', other: 1 },
    { tokens: ['a', 'b'], kieWebhookKeys: ['k'] },
  ],
  [
    { token: 'a', kieWebhookKey: 'k', previousKieWebhookKey: 'j' },
    { tokens: ['a'], kieWebhookKeys: ['k', 'j'] },
  ],
  [
    { token: 'a', previousKieWebhookKey: 'j' },
    { tokens: ['a'], kieWebhookKeys: [] },
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

test('what was taken out of the secret ends after five minutes', async () => {
  const { read, clock, server } = await openReader(secret({ token: 'b', previousToken: 'a' }), secret({ token: 'b' }));

  await read();
  clock.advance(secretTimes.keptMs - 1);
  expect(await read()).toMatchObject({ tokens: ['b', 'a'] });
  clock.advance(1);
  expect(await read()).toMatchObject({ tokens: ['b'] });
  expect(server.requests).toHaveLength(2);
});

test('F14: what was put in is noticed by the first who needs it, ten seconds after the last read', async () => {
  const { read, clock } = await openReader(secret({ token: 'a' }), secret({ token: 'b', previousToken: 'a' }));

  await read();
  clock.advance(secretTimes.againMs - 1);
  expect(await read('fresh')).toMatchObject({ tokens: ['a'] });
  clock.advance(1);
  expect(await read('fresh')).toMatchObject({ tokens: ['b', 'a'] });
  expect(await read()).toMatchObject({ tokens: ['b', 'a'] });
});

test('a flood of strangers costs one read in ten seconds', async () => {
  const { read, clock, server } = await openReader(secret({ token: 'a' }));
  const flood = () => Promise.all(Array.from({ length: 100 }, () => read('fresh')));

  await read();
  await flood();
  expect(server.requests).toHaveLength(1);
  clock.advance(secretTimes.againMs);
  await flood();
  await flood();

  expect(server.requests).toHaveLength(2);
});

const denied = reply(400, '{"__type":"AccessDeniedException","Message":"not you"}');

describe.each([
  ['refuses', denied, /AccessDeniedException/],
  ['hangs', hang, /timeout/i],
  ['holds nonsense', reply(200, JSON.stringify({ SecretString: 'hush-hush' })), /must be JSON/],
])('while a store that was read before %s', (_, fault, why) => {
  test('the known secret stays in use, and is requested again, and logged, every ten seconds', async () => {
    const { read, clock, server, lines } = await openReader(secret({ token: 'a' }), fault);

    await read();
    clock.advance(secretTimes.keptMs);
    for (let seconds = 0; seconds < 20; seconds++) {
      expect(await read()).toMatchObject({ tokens: ['a'] });
      clock.advance(1_000);
    }

    expect(server.requests).toHaveLength(3);
    const told = ['warn', 'secret', { outcome: 'kept', detail: expect.stringMatching(why) }];
    expect(lines).toEqual([told, told]);
    expect(JSON.stringify(lines)).not.toContain('hush');
  });

  test('F14: no sender is refused, because it may know the newest token', async () => {
    const { read, clock, server } = await openReader(secret({ token: 'a' }), fault, secret({ token: 'b' }));

    await read();
    clock.advance(secretTimes.againMs);
    await expect(read('fresh')).rejects.toThrow(why);
    await expect(read('fresh')).rejects.toMatchObject({ name: 'UnavailableError' });
    expect(server.requests).toHaveLength(2);
    clock.advance(secretTimes.againMs);

    expect(await read('fresh')).toMatchObject({ tokens: ['b'] });
  });
});

test('a failed read is made again the next time', async () => {
  const { read } = await openReader(denied, secret({ token: 'a' }));

  await expect(read()).rejects.toThrow('GetSecretValue: 400 AccessDeniedException: not you');
  expect(await read()).toMatchObject({ tokens: ['a'] });
});

test.each([
  ['no JSON', reply(200, JSON.stringify({ SecretString: 'hush-hush' }))],
  ['without a token', secret({ key: 'hush-hush' })],
  ['with an empty token', secret({ token: '', kieWebhookKey: 'hush-hush' })],
  ['with a token that is no text', secret({ token: ['hush-hush'] })],
  ['binary', reply(200, '{"SecretBinary":"aHVzaC1odXNo"}')],
])('a secret that is %s is refused, with an explanation that does not reveal it', async (_, behaviour) => {
  const { read } = await openReader(behaviour);

  const failure = await read().then(String, String);

  expect(failure).toBe('UnavailableError: the secret must be JSON with a "token"');
});
