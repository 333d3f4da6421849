import { getEventListeners } from 'node:events';
import { describe, expect, test } from 'vitest';
import { cut, hang, reply, replyEarly, reset, switchProtocols } from '../../../doubles/aws-server.ts';
import { checkSignature } from '../../../doubles/check-signature.ts';
import { account, openSenderBench } from './sender-bench.ts';

const xml = (code: string) => `<?xml version="1.0"?>\n<Error><Code>${code}</Code><Message>m</Message></Error>`;
const json = (type: string) => JSON.stringify({ __type: type, message: 'm' });

describe('a request', () => {
  test('arrives as it was given, in one piece, and asks for no leave to send its body', async () => {
    const { send, server } = await openSenderBench({ behaviours: [reply(200, 'taken', { etag: '"e"' })] });
    const body = [Buffer.alloc(700_000, 'a'), Buffer.from('b'), Buffer.alloc(0), Buffer.alloc(300_000, 'c')];

    const answer = await send({ method: 'PUT', path: '/a%20b?x=1', headers: { 'content-type': 'text/plain' }, body });

    const [request] = server.requests;
    expect(answer).toMatchObject({ status: 200, headers: { etag: '"e"' }, body: Buffer.from('taken') });
    expect(request).toMatchObject({ method: 'PUT', path: '/a%20b?x=1', headers: { 'content-type': 'text/plain' } });
    expect(request?.headers).toMatchObject({ 'content-length': '1000001' });
    expect(request?.headers).not.toHaveProperty('expect');
    expect(request?.body.equals(Buffer.concat(body))).toBe(true);
  });

  test('takes the connection that an earlier one has left', async () => {
    const { send, server } = await openSenderBench();

    for (let count = 0; count < 3; count++) await send({ body: [Buffer.from('x')] });

    expect(server.requests).toHaveLength(3);
    expect(server.connections()).toBe(1);
  });

  test('is signed with the credentials of its time: Lambda renews them', async () => {
    const environment: Record<string, string> = { ...account };
    const { send, server } = await openSenderBench({ environment });

    await send();
    Object.assign(environment, {
      AWS_ACCESS_KEY_ID: 'NEW',
      AWS_SECRET_ACCESS_KEY: 'new',
      AWS_SESSION_TOKEN: 'session',
    });
    await send();

    const [first, second] = server.requests;
    expect(first && checkSignature(first, account.AWS_SECRET_ACCESS_KEY)).toMatchObject({ accessKeyId: 'AKIDEXAMPLE' });
    expect(first?.headers).not.toHaveProperty('x-amz-security-token');
    expect(second && checkSignature(second, 'new')).toMatchObject({ accessKeyId: 'NEW' });
    expect(second?.headers).toMatchObject({ 'x-amz-security-token': 'session' });
  });

  test.each(['AWS_REGION', 'AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'])(
    'is not sent without %s, and the reason names no value',
    async (name) => {
      const { send, server } = await openSenderBench({ environment: { ...account, [name]: '' } });

      const failure = await send().catch(String);

      expect(failure).toMatch(new RegExp(`${name}.* must be set`));
      expect(failure).not.toContain(account.AWS_SECRET_ACCESS_KEY);
      expect(server.requests).toEqual([]);
    },
  );
});

describe('again', () => {
  test.each([
    ['a 500', reply(500)],
    ['a 503 of S3', reply(503, xml('SlowDown'))],
    ['a 429', reply(429)],
    ['a 400 that throttles, in JSON', reply(400, json('com.amazonaws.sqs#ThrottlingException'))],
    ['a 400 that throttles, in a header', reply(400, '', { 'x-amzn-errortype': 'ThrottlingException:http://a.b/' })],
    ['a 400 of S3 for a body that stalled', reply(400, xml('RequestTimeout'))],
    ['a connection that is reset', reset],
    ['an answer that is cut', cut],
    ['an upgrade that nobody asked for', switchProtocols],
  ])('after %s a request is made again', async (_, behaviour) => {
    const { send, server, waits } = await openSenderBench({ behaviours: [behaviour, reply(200)] });

    const answer = await send({ body: [Buffer.from('x')] });

    expect(answer.status).toBe(200);
    expect(server.requests).toHaveLength(2);
    expect(waits).toEqual([200]);
  });

  test.each([
    ['a refusal', 403, json('AccessDeniedException')],
    ['a condition that does not hold', 412, xml('PreconditionFailed')],
    ['a redirect', 307, ''],
    ['what is not there', 404, json('QueueDoesNotExist')],
  ])('%s is the answer, and nothing is asked again', async (_, status, body) => {
    const { send, server, waits } = await openSenderBench({ behaviours: [reply(status, body)] });

    expect(await send()).toMatchObject({ status, body: Buffer.from(body) });
    expect(server.requests).toHaveLength(1);
    expect(waits).toEqual([]);
  });

  test('ends after so many attempts, with the last answer', async () => {
    const { send, server, waits } = await openSenderBench({ behaviours: [reply(500, 'last')], attempts: 8 });

    expect(await send()).toMatchObject({ status: 500, body: Buffer.from('last') });
    expect(server.requests).toHaveLength(8);
    expect(waits).toEqual([200, 400, 800, 1600, 3200, 5000, 5000]);
  });

  test('ends after so many attempts, without an answer', async () => {
    const { send, server } = await openSenderBench({ behaviours: [reset], attempts: 2 });

    await expect(send()).rejects.toMatchObject({ name: 'NoAnswerError' });
    expect(server.requests).toHaveLength(2);
  });

  test('a name that DNS does not know is tried again too', async () => {
    const { send, waits } = await openSenderBench({ attempts: 2 });

    await expect(send({ url: new URL('http://nowhere.invalid/') })).rejects.toThrow('nowhere.invalid');
    expect(waits).toHaveLength(1);
  });

  test('a kept connection that the service has closed costs no attempt and no wait', async () => {
    const { send, server, waits } = await openSenderBench({
      attempts: 1,
      behaviours: [(asked) => (asked.ofConnection > 1 ? reset(asked) : reply(200, 'fresh')(asked))],
    });

    await send({ body: [Buffer.from('x')] });
    const answer = await send({ body: [Buffer.from('x')] });

    expect(answer.body.toString()).toBe('fresh');
    expect(server.connections()).toBe(2);
    expect(waits).toEqual([]);
  });

  test('a signature that is refused because our clock is off is made again by the service’s clock', async () => {
    const date = 'Fri, 20 Nov 2026 12:00:00 GMT';
    const refused = [reply(403, xml('RequestTimeTooSkewed'), { date }), reply(200)];
    const { send, server } = await openSenderBench({ now: new Date('2026-11-20T13:30:00Z'), behaviours: refused });

    const answer = await send();
    await send();

    const dates = server.requests.map(({ headers }) => headers['x-amz-date']);
    expect(answer.status).toBe(200);
    expect(dates).toEqual(['20261120T133000Z', '20261120T120000Z', '20261120T120000Z']);
  });

  test('a signature that is refused although our clock is right is a refusal', async () => {
    const refused = reply(403, json('InvalidSignatureException'), { date: 'Fri, 20 Nov 2026 13:29:00 GMT' });
    const { send, server } = await openSenderBench({ now: new Date('2026-11-20T13:30:00Z'), behaviours: [refused] });

    expect(await send()).toMatchObject({ status: 403 });
    expect(server.requests).toHaveLength(1);
  });
});

describe('its signal', () => {
  test('ends a request that is under way, with its own reason', async () => {
    const controller = new AbortController();
    const { send, server } = await openSenderBench({
      behaviours: [() => controller.abort(new Error('the time is up'))],
    });

    await expect(send({ signal: controller.signal })).rejects.toThrow('the time is up');
    expect(server.requests).toHaveLength(1);
  });

  test('ends the attempts', async () => {
    const controller = new AbortController();
    const { send, server } = await openSenderBench({
      behaviours: [reply(500)],
      onWait: () => controller.abort(new Error('the time is up')),
    });

    await expect(send({ signal: controller.signal })).rejects.toThrow('the time is up');
    expect(server.requests).toHaveLength(1);
  });

  test('that was given before keeps anything from being sent', async () => {
    const { send, server } = await openSenderBench();

    await expect(send({ signal: AbortSignal.abort(new Error('too late')) })).rejects.toThrow('too late');
    expect(server.connections()).toBe(0);
  });

  test('is let go of with the answer', async () => {
    const { signal } = new AbortController();
    const { send } = await openSenderBench({ behaviours: [hang, reply(200)], limits: { idleMs: 250 } });

    await send({ signal });

    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });
});

test('an early refusal is the answer, although nobody takes the body', async () => {
  const { send } = await openSenderBench({ behaviours: [replyEarly(403)] });

  expect(await send({ method: 'PUT', body: [Buffer.alloc(8 * 1024 ** 2)] })).toMatchObject({ status: 403 });
});
