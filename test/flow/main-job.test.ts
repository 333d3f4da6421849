// The main job through the whole local deployment: the bundles in processes of their own, over HTTP, with the real SDK.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sha256 } from '../../functions/domain/file-name.ts';
import { cover, type Flow, isClosed, movie, musicCallback, otherSong, song, startFlow } from './local.ts';

let flow: Flow;

beforeAll(async () => {
  flow = await startFlow();
});

afterAll(() => flow.close());

const one = '8551e0a4-3c1d-4f5e-9b7a-2d6c4e8f662c';
const two = 'bd15c7f2-90aa-4e3b-8c11-7f5d2b9a1873';

/** A task's two songs, as the provider reports them; their files are served under the id of the task. */
function songsOf(taskId: string) {
  flow.files.set(`/${taskId}/1.mp3`, song).set(`/${taskId}/2.mp3`, otherSong).set(`/${taskId}/1.jpeg`, cover);
  const track = (id: string, audio: string, more: object = {}) => ({
    id,
    title: 'Iron Man',
    prompt: '[Verse]\nNight city lights 🎸',
    audio_url: audio === '' ? '' : `${flow.host}/${taskId}/${audio}`,
    stream_audio_url: `${flow.host}/${taskId}/stream`,
    duration: 8,
    ...more,
  });
  const first = track(one, '1.mp3', { image_url: `${flow.host}/${taskId}/1.jpeg` });
  return { first: [first, track(two, '')], complete: [first, track(two, '2.mp3', { duration: 10 })] };
}

test('songs, cover and lyrics stand in the library, byte for byte, under names that a person finds', async () => {
  const taskId = '2fac5d0e6b7c4f1e9a3d8c2b1a0f9f72';
  const { first, complete } = songsOf(taskId);

  const answers = [];
  for (const body of [
    musicCallback('text', taskId, []),
    musicCallback('first', taskId, first),
    musicCallback('complete', taskId, complete),
  ]) {
    answers.push(await flow.post(body, 'application/json', '?project=demo'));
  }
  const record = await flow.record(taskId, isClosed);

  expect(answers).toEqual(Array(3).fill({ status: 200, answer: '{"status":"received"}' }));
  expect(record).toMatchObject({ status: 'archived', kind: 'music', labels: { project: 'demo' } });
  const folder = `library/${record.firstSeenAt.slice(0, 7)}/${record.firstSeenAt.slice(0, 10)}_Iron-Man_2fac5d0e`;
  expect(await flow.read(`${folder}/Iron-Man_8551e0a4.mp3`)).toEqual(song);
  expect(await flow.read(`${folder}/Iron-Man_bd15c7f2.mp3`)).toEqual(otherSong);
  expect(await flow.read(`${folder}/Iron-Man_8551e0a4.jpeg`)).toEqual(cover);
  expect((await flow.read(`${folder}/Iron-Man_8551e0a4.txt`)).toString()).toBe('[Verse]\nNight city lights 🎸');
  for (const { key, sha256: recorded } of record.assets) {
    expect(recorded).toBe(sha256(await flow.read(key ?? '')));
  }
});

test('P5: repeats, in whatever order, change nothing and fetch nothing again', async () => {
  const taskId = '11111111111111111111111111111111';
  const { first, complete } = songsOf(taskId);
  const bodies = [
    musicCallback('complete', taskId, complete),
    musicCallback('first', taskId, first),
    musicCallback('text', taskId, []),
  ];
  for (const body of bodies) await flow.post(body);
  await flow.record(taskId, ({ status, stages }) => status === 'archived' && stages.length === 3);
  await settled(taskId, 3);
  const before = await flow.listing();

  for (const body of [...bodies, ...bodies]) await flow.post(body);
  await settled(taskId, 9);

  expect(await flow.listing()).toEqual(before);
  expect([1, 2].map((n) => flow.asked.get(`/${taskId}/${n}.mp3`))).toEqual([1, 1]);
});

test('P5: the same callback twenty times at once is one download and one object of each file', async () => {
  const taskId = '22222222222222222222222222222222';
  const body = musicCallback('complete', taskId, songsOf(taskId).complete);

  const answers = await Promise.all(Array.from({ length: 20 }, () => flow.post(body)));
  const record = await flow.record(taskId, isClosed);
  await settled(taskId, 20);

  expect(answers.every(({ status }) => status === 200)).toBe(true);
  expect(record.assets.filter(({ state }) => state === 'stored')).toHaveLength(5);
  expect([1, 2].map((n) => flow.asked.get(`/${taskId}/${n}.mp3`))).toEqual([1, 1]);
});

test('no stream link is ever asked for', () => {
  expect([...flow.asked.keys()].filter((path) => path.includes('stream'))).toEqual([]);
});

test('P2: every callback is kept byte for byte, whatever order, spaces and letters it is written in', async () => {
  const taskId = '33333333333333333333333333333333';
  const body = ` { "msg" : "a&b+c=%20 🎸\\u0000",\n "data":{"task_id":"${taskId}","callbackType":"text","data":[]},"code":200 }`;

  await flow.post(body, 'application/octet-stream');
  await flow.record(taskId, () => true);

  const key = `callbacks/${taskId}/text-${sha256(body).slice(0, 8)}.json`;
  expect((await flow.read(key)).toString()).toBe(body);
});

test('a music video is kept under its task', async () => {
  const taskId = '774b9aa0422f4d6e8a1c5b3d9e7f2046';
  flow.files.set('/video.mp4', movie);

  await flow.post({
    code: 200,
    msg: 'MP4 generated successfully.',
    data: { task_id: taskId, video_url: `${flow.host}/video.mp4` },
  });
  const record = await flow.record(taskId, isClosed);

  expect(record).toMatchObject({ kind: 'video', status: 'archived', assets: [{ contentType: 'video/mp4' }] });
  expect(record.assets[0]?.key).toMatch(/_Video_774b9aa0\/Video_774b9aa0\.mp4$/);
  expect(await flow.read(record.assets[0]?.key ?? '')).toEqual(movie);
});

test('P3: a failed generation is closed with an explanation for the owner', async () => {
  const taskId = '44444444444444444444444444444444';

  await flow.post(musicCallback('error', taskId, null, 451));
  const record = await flow.record(taskId, isClosed);

  expect(record).toMatchObject({ status: 'failed', failure: { code: 451, outcome: 'input_unreachable' } });
});

test('a song stored from `first` is replaced when `complete` brings another one', async () => {
  const taskId = '55555555555555555555555555555555';
  const provisional = { id: one, title: 'T', audio_url: `${flow.host}/${taskId}/early.mp3`, duration: 4 };
  flow.files.set(`/${taskId}/early.mp3`, otherSong).set(`/${taskId}/final.mp3`, song);
  await flow.post(musicCallback('first', taskId, [provisional]));
  const early = await flow.record(taskId, ({ status }) => status === 'waiting');

  await flow.post(
    musicCallback('complete', taskId, [{ ...provisional, audio_url: `${flow.host}/${taskId}/final.mp3`, duration: 8 }]),
  );
  const final = await flow.record(taskId, isClosed);

  expect(final.assets[0]?.key).toBe(early.assets[0]?.key);
  expect(await flow.read(final.assets[0]?.key ?? '')).toEqual(song);
});

test('a restart keeps the data, and what was in the queue continues', async () => {
  const taskId = '66666666666666666666666666666666';
  const { complete } = songsOf(taskId);
  await flow.atRest();
  const before = await flow.listing();

  await flow.restart();
  await flow.post(musicCallback('complete', taskId, complete));
  await flow.record(taskId, isClosed);

  expect(await flow.listing()).toMatchObject(before);
});

/** Waits until this many callbacks of the task have been processed and no invocation works on it. */
async function settled(taskId: string, callbacks: number): Promise<void> {
  const ends = ['task', 'task.claimed'];
  const isEnd = (line: Record<string, unknown>) => ends.includes(String(line.event)) && line.taskId === taskId;
  await flow.logs(() => flow.logged.filter(isEnd).length >= callbacks);
  await flow.record(taskId, ({ claim }) => claim === null);
  await flow.atRest();
}
