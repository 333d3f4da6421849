// Real hosts that misbehave, through the whole local deployment: what curl and browsers read is stored, and a silent
// host delays only its own files.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startMediaServer } from '../doubles/media-server.ts';
import { song } from '../doubles/sample-files.ts';
import { type Flow, isClosed, musicCallback, startFlow } from './local.ts';

let flow: Flow;
let odd: Awaited<ReturnType<typeof startMediaServer>>;
let silent: Awaited<ReturnType<typeof startMediaServer>>;

const hostOf = ({ origin }: { origin: string }) => new URL(origin).host;

beforeAll(async () => {
  odd = await startMediaServer();
  silent = await startMediaServer();
  flow = await startFlow({ allowedSources: [hostOf(odd), hostOf(silent)] });
});

afterAll(async () => {
  await flow.close();
  await odd.close();
  await silent.close();
});

const written = (head: string) => `written/song.mp3?head=${encodeURIComponent(head)}`;

const small = [
  ...['aws-chunked', 'UTF-8', 'none', '', 'Identity'].map((says) => `only-says-encoded/song.mp3?says=${says}`),
  'gzip/song.mp3',
  'gzip-twice/song.mp3',
  'deflate/song.mp3',
  'cookie-wall/song.mp3',
  'not-in-ranges/song.mp3',
  'no-ranges/song.mp3',
  'chunked-ranges/song.mp3',
  'until-close/song.mp3',
  written('HTTP/1.1 200 OK\r\ncontent-length: 3000\r\nContent-Length: 3000\r\n\r\n'),
  written('HTTP/1.1 200 OK\ncontent-length: 3000\n\n'),
  written('HTTP/1.1 200 OK\r\nx-folded: one\r\n two\r\ncontent-length: 3000\r\n\r\n'),
  `${written('HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n')}&chunked`,
];

test.each(small)('a song is stored from a host that answers as %s', async (path) => {
  const taskId = `song-${small.indexOf(path)}`;

  await flow.post(musicCallback('complete', taskId, [{ id: 'a', title: 'T', audio_url: odd.url(`/${path}`) }]));
  const record = await flow.record(taskId, isClosed);

  expect(record).toMatchObject({ status: 'archived', failure: null });
  expect(await flow.read(record.assets[0]?.key ?? '')).toEqual(song());
});

const large = ['whole', 'ignores-versions', 'few-connections', 'refuses-ranges', 'weak-etag', 'chunked-ranges'];

test.each(large)('a WAV of 24 MB is stored from a host whose ranges are %s', async (name) => {
  const taskId = `wav-${name}`;
  const audioWavUrl = odd.url(`/${name}/generated-24000000.wav?most=2`);

  await flow.post({ code: 200, msg: 'ok', data: { task_id: taskId, audioWavUrl } });
  const record = await flow.record(taskId, isClosed);

  expect(record).toMatchObject({ status: 'archived', assets: [{ state: 'stored', bytes: 24_000_000 }] });
});

test('50 tasks of a silent host in front keep no other callback waiting', async () => {
  for (let number = 0; number < 50; number++) {
    const track = { id: 'a', title: 'T', audio_url: silent.url(`/mute/${number}.mp3`) };
    await flow.post(musicCallback('complete', `silent-${number}`, [track]));
  }
  const postedAt = Date.now();

  await flow.post(
    musicCallback('complete', 'good-one', [{ id: 'a', title: 'T', audio_url: odd.url('/whole/song.mp3') }]),
  );
  await flow.logs(({ event, taskId }) => event === 'callback.kept' && taskId === 'good-one');
  const keptMs = Date.now() - postedAt;
  await flow.record('good-one', isClosed);
  const storedMs = Date.now() - postedAt;

  console.log(`kept after ${keptMs} ms, stored after ${storedMs} ms`);
  expect(keptMs).toBeLessThan(10_000);
  expect(storedMs).toBeLessThan(30_000);
});
