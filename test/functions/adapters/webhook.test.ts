// The owner's webhook on real servers that misbehave.
import { readFileSync } from 'node:fs';
import http from 'node:http';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createSendWebhook } from '../../../functions/adapters/webhook.ts';
import { UnavailableError } from '../../../functions/domain/errors.ts';
import {
  type Behaviour,
  hang,
  reply,
  replyEarly,
  reset,
  startAwsServer,
  switchProtocols,
  trickle,
} from '../../doubles/aws-server.ts';

const deployment = { connectMs: 10_000, idleMs: 10_000, totalMs: 10_000 };

async function openEndpoint(behaviour: Behaviour, limits = deployment) {
  const server = await startAwsServer({ behaviours: [behaviour] });
  onTestFinished(server.close);
  return { server, post: createSendWebhook(`${server.origin}/hooks?key=SECRET`, limits) };
}

test('the endpoint gets the body as it is, with its headers', async () => {
  const { server, post } = await openEndpoint(reply(204));

  const answer = await post('{"title":"Iron Man 🎸"}', { 'content-type': 'application/json', 'webhook-id': 'a' });

  expect(answer).toEqual({ status: 204, host: new URL(server.origin).host });
  expect(server.requests).toMatchObject([
    {
      method: 'POST',
      path: '/hooks?key=SECRET',
      headers: { 'content-type': 'application/json', 'webhook-id': 'a', 'content-length': '25', connection: 'close' },
      body: Buffer.from('{"title":"Iron Man 🎸"}'),
    },
  ]);
});

test('a body of some megabytes arrives whole', async () => {
  const { server, post } = await openEndpoint(reply(200));
  const body = 'x'.repeat(5_000_000);

  await post(body, {});

  expect(server.requests[0]?.body.length).toBe(body.length);
});

test.each([200, 410, 500])('the status %i is reported as it is', async (status) => {
  const { post } = await openEndpoint(reply(status, 'whatever it says'));

  expect(await post('{}', {})).toMatchObject({ status });
});

test('a redirect is reported as it is, and not followed', async () => {
  const elsewhere = await startAwsServer({ behaviours: [reply(200)] });
  onTestFinished(elsewhere.close);
  const { server, post } = await openEndpoint(reply(307, '', { location: elsewhere.origin }));

  expect(await post('{}', {})).toMatchObject({ status: 307 });

  expect([server.requests.length, elsewhere.connections()]).toEqual([1, 0]);
});

test('P7: of an answer without an end nothing is read but the status', async () => {
  const { post } = await openEndpoint(trickle);

  expect(await post('{}', {})).toMatchObject({ status: 200 });
});

test('nor is the connection kept for the rest of it', async () => {
  const left = Promise.withResolvers<void>();
  const server = http.createServer((request, response) => {
    request.resume();
    response.writeHead(200).write('the first of many bytes');
    response.once('close', left.resolve);
  });
  onTestFinished(() => server.closeAllConnections());
  onTestFinished(() => void server.close());
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;

  expect(await createSendWebhook(`http://127.0.0.1:${port}/`, deployment)('{}', {})).toMatchObject({ status: 200 });

  await left.promise;
}, 5_000);

test('an answer that comes before the body was sent counts', async () => {
  const { post } = await openEndpoint(replyEarly(413));

  expect(await post('x'.repeat(5_000_000), {})).toMatchObject({ status: 413 });
});

test('each request has a connection of its own, so that none is found closed', async () => {
  const { server, post } = await openEndpoint(reply(200));

  await post('{}', {});
  await post('{}', {});

  expect(server.connections()).toBe(2);
});

describe('an endpoint that gives no answer', () => {
  test.each<[string, Behaviour, string, { totalMs?: number }]>([
    ['that hangs', hang, 'no complete response within 50 ms', { totalMs: 50 }],
    ['that resets the connection', reset, 'socket hang up|ECONNRESET', {}],
    ['that speaks another protocol', switchProtocols, 'ended without an answer', {}],
  ])('%s is to be asked again, and the URL’s query is kept secret', async (_, behaviour, reason, limits) => {
    const { server, post } = await openEndpoint(behaviour, { ...deployment, ...limits });

    const failure = await post('{}', {}).catch((error: unknown) => error);

    expect(failure).toBeInstanceOf(UnavailableError);
    expect(String(failure)).toMatch(new RegExp(`${new URL(server.origin).host}: .*(${reason})`));
    expect(String(failure)).not.toContain('SECRET');
    expect(server.requests).toHaveLength(1);
  });

  test('where no one listens is to be asked again', async () => {
    const { server, post } = await openEndpoint(hang);
    await server.close();

    await expect(post('{}', {})).rejects.toThrow(UnavailableError);
  });
});

test('anyone who has no certificate for its name is sent nothing', async () => {
  const tls = join(import.meta.dirname, '../../fixtures/tls');
  const server = await startAwsServer({
    behaviours: [reply(200)],
    tls: { key: readFileSync(join(tls, 'key.pem')), cert: readFileSync(join(tls, 'leaf.pem')) },
  });
  onTestFinished(server.close);

  await expect(createSendWebhook(server.origin)('{}', {})).rejects.toThrow(/certificate/);

  expect(server.requests).toEqual([]);
});
