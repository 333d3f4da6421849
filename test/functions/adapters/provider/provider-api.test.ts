import { expect, test } from 'vitest';
import { reply } from '../../../doubles/aws-server.ts';
import { musicAnswer } from '../../../doubles/provider-server.ts';
import { keys, openProviders, secretOf } from './provider-setup.ts';

const song = { id: 'a', audioUrl: 'https://h.example/a.mp3', duration: 12 };
const done = musicAnswer('t1', 'SUCCESS', [song]);
const job = (taskId: string) => ({
  code: 200,
  data: {
    taskId,
    model: 'ai-music-api/create-music-video',
    state: 'success',
    resultJson: '{"resultUrls":["https://h.example/v.mp4"]}',
  },
});

test('a task is asked for with the key of its provider, and what is known is a callback', async () => {
  const { ask, sunoapi, kie } = await openProviders();
  sunoapi.tell('music', 't1', done);

  expect(await ask()).toMatchObject({
    outcome: 'answered',
    callback: { provider: 'sunoapi.org', taskId: 't1', kind: 'music', stage: 'complete', assets: [{ trackId: 'a' }] },
  });
  expect(sunoapi.requests).toMatchObject([{ method: 'GET', authorization: `Bearer ${keys['sunoapi.org']}` }]);
  expect(kie.requests).toEqual([]);
});

test('a task that is not done yet has an empty answer', async () => {
  const { ask, sunoapi } = await openProviders();
  sunoapi.tell('music', 't1', musicAnswer('t1', 'PENDING'));

  expect(await ask()).toMatchObject({ outcome: 'answered', callback: { stage: 'text', tracks: [], assets: [] } });
});

test('a recovery is asked for by its own parameter, and is not paid for again', async () => {
  const { ask, sunoapi } = await openProviders();
  sunoapi.tell('recovery', 't1', { code: 201, data: null });

  expect(await ask({ kind: 'recovery' })).toMatchObject({ outcome: 'answered', callback: { stage: 'text' } });
  expect(sunoapi.recovered).toEqual([]);
});

test('an id with characters that mean something in a URL stays one id', async () => {
  const { ask, sunoapi } = await openProviders();
  const taskId = 'a&b=ü #/?';
  sunoapi.tell('music', taskId, musicAnswer(taskId, 'SUCCESS', [song]));

  expect(await ask({ taskId })).toMatchObject({ outcome: 'answered', callback: { taskId } });
});

test('what kie.ai does not know by its older endpoint is asked for as a job', async () => {
  const { ask, kie } = await openProviders();
  kie.tell('job', 't1', job('t1'));

  expect(await ask({ provider: 'kie.ai', kind: 'video' })).toMatchObject({
    outcome: 'answered',
    callback: { provider: 'kie.ai', kind: 'video', assets: [{ kind: 'video' }] },
  });
  expect(kie.requests.map(({ path }) => path)).toEqual(['/api/v1/mp4/record-info', '/api/v1/jobs/recordInfo']);
});

test('a fault of one endpoint does not keep the next one from being asked', async () => {
  const { ask, kie } = await openProviders();
  kie.tell('music', 't1', { code: 500, msg: 'gone' });
  kie.tell('job', 't1', job('t1'));

  expect(await ask({ provider: 'kie.ai' })).toMatchObject({ outcome: 'answered' });
  kie.forget('job', 't1');
  expect(await ask({ provider: 'kie.ai' })).toEqual({
    outcome: 'unavailable',
    detail: 'kie.ai answered 500: gone',
    retryAfterMs: null,
  });
});

test('an unknown task is reported as unknown, with an explanation', async () => {
  const { ask } = await openProviders();

  expect(await ask()).toEqual({ outcome: 'unknown', detail: 'sunoapi.org knows no such task' });
  expect(await ask({ provider: 'kie.ai' })).toEqual({
    outcome: 'unknown',
    detail: 'kie.ai answered 422: it knows no such task',
  });
});

test('an answer about another task is not believed', async () => {
  const { ask, sunoapi } = await openProviders();
  sunoapi.tell('music', 't1', musicAnswer('t2', 'SUCCESS', [song]));

  expect(await ask()).toMatchObject({ outcome: 'unknown', detail: expect.stringContaining('another task') });
});

test('a task of an unknown provider is asked for everywhere until one knows it', async () => {
  const { ask, sunoapi, kie } = await openProviders();
  kie.tell('music', 't1', done);

  expect(await ask({ provider: 'unknown', kind: 'unknown' })).toMatchObject({ callback: { provider: 'kie.ai' } });
  sunoapi.tell('music', 't1', done);
  kie.requests.length = 0;
  expect(await ask({ provider: 'unknown' })).toMatchObject({ callback: { provider: 'sunoapi.org' } });
  expect(kie.requests).toEqual([]);
});

test('a task that the one provider with a key does not know may be with the other, and the owner gets a message', async () => {
  const { ask } = await openProviders({ secrets: [secretOf({ 'kie.ai': keys['kie.ai'] })] });

  expect(await ask({ provider: 'unknown' })).toMatchObject({
    outcome: 'refused',
    detail: expect.stringMatching(/no API key for sunoapi\.org: put .* into the secret/),
  });
});

test('without a key no provider is asked, and the error says where to put the key', async () => {
  const { ask, sunoapi } = await openProviders({ keysSecretId: '' });

  expect(await ask()).toEqual({
    outcome: 'refused',
    refusal: null,
    detail: `there is no API key for sunoapi.org: put {"sunoapi.org": "<your key>"} into the secret of the providers' keys`,
  });
  expect(sunoapi.requests).toEqual([]);
});

test('keys that cannot be read make no one available, and are not given away', async () => {
  const denied = reply(400, '{"__type":"AccessDeniedException","Message":"not you"}');
  const { ask, freshLink } = await openProviders({ secrets: [denied] });

  expect(await ask()).toEqual({
    outcome: 'unavailable',
    detail: "the secret of the providers' API keys: GetSecretValue: 400 AccessDeniedException: not you",
    retryAfterMs: null,
  });
  expect(await freshLink('https://h.example/a.mp3')).toBe('unavailable');
});

test('a key that the provider repeats goes no further', async () => {
  const { ask, sunoapi } = await openProviders();
  sunoapi.tell('music', 't1', { code: 400, msg: `no right for ${keys['sunoapi.org']} here` });

  expect(await ask()).toMatchObject({ detail: 'sunoapi.org answered 400: no right for (the API key) here' });
});

test('the callback URL that the provider repeats is not in what is kept of its answer', async () => {
  const { ask, sunoapi } = await openProviders();
  const param = JSON.stringify({ model: 'V4', callBackUrl: 'https://h.example/callbacks/T0ken' });
  sunoapi.tell('music', 't1', { ...done, data: { ...done.data, param } });

  const answer = await ask();

  expect(answer).toMatchObject({ outcome: 'answered', said: expect.stringContaining('V4') });
  expect(JSON.stringify(answer)).not.toContain('T0ken');
});

test('a fresh link is asked of kie.ai', async () => {
  const { freshLink, kie } = await openProviders();
  kie.freshLinks.set('https://h.example/ü.mp3', 'https://h.example/fresh.mp3');

  expect(await freshLink('https://h.example/ü.mp3')).toBe('https://h.example/fresh.mp3');
  expect(kie.requests).toMatchObject([{ method: 'POST', authorization: `Bearer ${keys['kie.ai']}` }]);
});

test.each([
  ['it has none', []],
  ['its answer is no link', [reply(200, '{"code":200,"data":{"url":"https://h.example/a"}}')]],
  ['its link is none', [reply(200, '{"code":200,"data":"later"}')]],
])('there is no fresh link where %s', async (_, behaviours) => {
  const { freshLink, kie } = await openProviders();
  kie.misbehave(...behaviours);

  expect(await freshLink('https://h.example/a.mp3')).toBeNull();
});

test.each([
  ['fails', [reply(500)]],
  ['was asked too often', [reply(200, '{"code":455}')]],
  ['answers with a page', [reply(200, '<html>')]],
])('P9: that kie.ai %s does not mean that there is no fresh link', async (_, behaviours) => {
  const { freshLink, kie } = await openProviders();
  kie.misbehave(...behaviours);

  expect(await freshLink('https://h.example/a.mp3')).toBe('unavailable');
});

test('there is no fresh link without a key to kie.ai', async () => {
  const { freshLink, kie } = await openProviders({ secrets: [secretOf({ 'sunoapi.org': 'k' })] });

  expect(await freshLink('https://h.example/a.mp3')).toBeNull();
  expect(kie.requests).toEqual([]);
});
