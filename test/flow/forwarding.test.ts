// From a callback to the owner's webhook, through the local deployment: the bundles, the rule and the queue.
import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sha256 } from '../../functions/domain/file-name.ts';
import { reply, startAwsServer } from '../doubles/aws-server.ts';
import { cover, type Flow, isClosed, musicCallback, song, startFlow } from './local.ts';

const key = Buffer.alloc(32, 7);
let endpoint: Awaited<ReturnType<typeof startAwsServer>>;
let flow: Flow;

beforeAll(async () => {
  endpoint = await startAwsServer({ behaviours: [reply(204)] });
  flow = await startFlow({ forwardTo: `${endpoint.origin}/hooks`, forwardKey: `whsec_${key.toString('base64')}` });
});

afterAll(async () => {
  await flow.close();
  await endpoint.close();
});

const trackId = '8551e0a4-3c1d-4f5e-9b7a-2d6c4e8f662c';
const passedOn = (taskId: string) => flow.logs((line) => line.event === 'forward' && line.taskId === taskId);
const requestsOf = (taskId: string) => endpoint.requests.filter(({ body }) => body.includes(taskId));

/** As a provider writes it: with a number that no double can represent, an escape and spaces. */
function callbackOf(taskId: string): string {
  flow.files.set(`/${taskId}/1.mp3`, song).set(`/${taskId}/1.jpeg`, cover);
  const track = {
    id: trackId,
    title: 'Iron Man',
    audio_url: `${flow.host}/${taskId}/1.mp3`,
    stream_audio_url: `${flow.host}/${taskId}/stream`,
    image_url: `${flow.host}/${taskId}/1.jpeg`,
    duration: 8,
  };
  const body = JSON.stringify(musicCallback('complete', taskId, [track]), null, 1);
  return body.replace('"ok"', '"\\u00e9", "n": 12345678901234567890');
}

test('the callback is passed on once its files are kept, with links that serve them, and all else as it came', async () => {
  const taskId = '2fac5d0e6b7c4f1e9a3d8c2b1a0f9f72';
  const sent = callbackOf(taskId);

  await flow.post(sent);
  await passedOn(taskId);

  const [request, ...others] = requestsOf(taskId);
  const body = request?.body.toString() ?? '';
  expect(others).toEqual([]);
  expect(request).toMatchObject({
    method: 'POST',
    path: '/hooks',
    headers: {
      'content-type': 'application/json',
      'trackkeeper-event': 'MediaReady',
      'trackkeeper-from': 'callback',
    },
  });
  const links = [...body.matchAll(/"(http[^"]*X-Amz-Signature[^"]*)"/g)].map(([, link = '']) => link);
  const served = await Promise.all(links.map(async (link) => Buffer.from(await (await fetch(link)).arrayBuffer())));
  expect(served.map(sha256)).toEqual([song, cover].map(sha256));
  const originals = [`${flow.host}/${taskId}/1.mp3`, `${flow.host}/${taskId}/1.jpeg`];
  expect(links.reduce((text, link, index) => text.replace(link, originals[index] ?? ''), body)).toBe(sent);
});

test('the endpoint can tell by the signature that it is us', async () => {
  const taskId = '11111111111111111111111111111111';
  await flow.post(callbackOf(taskId));
  await passedOn(taskId);

  const [request] = requestsOf(taskId);
  const { 'webhook-id': id, 'webhook-timestamp': seconds, 'webhook-signature': signature } = request?.headers ?? {};
  expect(signature).toBe(
    `v1,${createHmac('sha256', key).update(`${id}.${seconds}.${request?.body}`).digest('base64')}`,
  );
});

test('a repeated callback is not forwarded again', async () => {
  const taskId = '22222222222222222222222222222222';
  const sent = callbackOf(taskId);
  await flow.post(sent);
  await passedOn(taskId);

  await flow.post(sent);
  await flow.logs(() => flow.logged.filter(({ event, taskId: id }) => event === 'task' && id === taskId).length === 2);
  const other = '33333333333333333333333333333333';
  await flow.post(callbackOf(other));
  await passedOn(other);

  expect(requestsOf(taskId)).toHaveLength(1);
});

test('a failed generation is passed on as the provider reported it', async () => {
  const taskId = '44444444444444444444444444444444';
  const sent = JSON.stringify(musicCallback('error', taskId, null, 451));

  await flow.post(sent);
  await passedOn(taskId);

  expect(requestsOf(taskId)).toMatchObject([
    { body: Buffer.from(sent), headers: { 'trackkeeper-event': 'TaskFailed', 'trackkeeper-from': 'callback' } },
  ]);
});

test('a test task of `trackkeeper doctor` is not passed on', async () => {
  const tested = 'doctor-0f9f72';
  await flow.post(callbackOf(tested));
  await flow.record(tested, isClosed);
  await flow.logs(({ event, taskId }) => event === 'event.told' && taskId === tested);
  const other = '55555555555555555555555555555555';
  await flow.post(callbackOf(other));
  await passedOn(other);

  expect(requestsOf(tested)).toEqual([]);
});

test('no link that gives access, no body and no key is ever logged', () => {
  expect(JSON.stringify(flow.logged)).not.toMatch(/X-Amz-|Signature|whsec_|12345678901234567890/);
});
