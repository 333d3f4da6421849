// What bad input gets: a clear outcome, and nothing is lost. Through the whole local deployment.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sha256 } from '../../functions/domain/file-name.ts';
import { type Flow, isClosed, musicCallback, otherSong, song, startFlow } from './local.ts';

let flow: Flow;

beforeAll(async () => {
  flow = await startFlow();
  flow.files.set('/song.mp3', song).set('/other.mp3', otherSong).set('/a%20b.mp3', song);
  flow.files.set('/page.mp3', Buffer.from('<!doctype html><title>Sorry</title>'));
});

afterAll(() => flow.close());

const track = (more: object) => ({ id: 'a', title: 'T', audio_url: `${flow.host}/song.mp3`, duration: 8, ...more });

const titles: [string, string][] = [
  ['of 5 KB', 'x'.repeat(5000)],
  ['that climbs folders', '../../x'],
  ['with a NUL', 'a\0b'],
  ['with right-to-left marks', 'abc\u202e3pm'],
  ['that is a device name', 'CON'],
  ['of emoji only', '🎸🔥'],
  ['that is a script', '<script>alert(1)</script>'],
];

test.each(titles)('a title %s is stored under a safe name, and is in the record as sent', async (_, title) => {
  const taskId = sha256(title).slice(0, 32);

  await flow.post(musicCallback('complete', taskId, [track({ title })]));
  const record = await flow.record(taskId, isClosed);

  const [audio] = record.assets;
  expect(record.tracks[0]?.title).toBe(title);
  expect(audio?.key).toMatch(
    /^library\/\d{4}-\d\d\/\d{4}-\d\d-\d\d_[\p{L}\p{M}\p{N}-]+_[0-9a-f]{8}\/[\p{L}\p{M}\p{N}-]+_[0-9a-f]{8}\.mp3$/u,
  );
  expect(await flow.read(audio?.key ?? '')).toEqual(song);
});

test('tracks without an id, and two songs under one id, are all stored', async () => {
  const { id: _, ...nameless } = track({ audio_url: `${flow.host}/other.mp3` });

  await flow.post(
    musicCallback('complete', 'ids', [track({}), nameless, track({ audio_url: `${flow.host}/other.mp3` })]),
  );
  const record = await flow.record('ids', isClosed);

  expect(record.assets.map(({ trackId, state }) => [trackId, state])).toEqual([
    ['a', 'stored'],
    ['a~2', 'stored'],
    ['track-2', 'stored'],
  ]);
  expect(new Set(record.assets.map(({ key }) => key)).size).toBe(3);
});

test('a link with a raw space in it is followed', async () => {
  await flow.post(musicCallback('complete', 'space', [track({ audio_url: `${flow.host}/a b.mp3` })]));

  expect(await flow.record('space', isClosed)).toMatchObject({ status: 'archived' });
});

const refused: [string, string][] = [
  ['http', 'http://files.example.com/a.mp3'],
  ['file', 'file:///etc/passwd'],
  ['data', 'data:audio/mpeg;base64,SUQz'],
  ['javascript', 'javascript:alert(1)'],
  ['private', 'https://10.0.0.1/a.mp3'],
  ['metadata', 'https://169.254.169.254/latest'],
  ['credentials', 'https://user:pass@files.example.com/a.mp3'],
  ['port', 'https://files.example.com:8443/a.mp3'],
  ['words', 'video_url_847715e66259'],
];

test.each(refused)(
  'P6: a link of the kind %s is refused with the reason, and the song beside it is stored',
  async (kind, url) => {
    const taskId = `refused-${kind}`;

    await flow.post(musicCallback('complete', taskId, [track({ audio_url: url }), track({ id: 'b' })]));
    const record = await flow.record(taskId, ({ assets: [bad, good] }) => {
      return bad?.attempts.length === 1 && good?.state === 'stored';
    });

    const [bad] = record.assets;
    expect(bad).toMatchObject({
      state: 'open',
      attempts: [{ code: expect.stringMatching(/^refused_(url|address)$/) }],
    });
    expect(record.status).toBe('archiving');
  },
);

test('P4: a page that comes instead of a song is not in the library, and is tried again', async () => {
  await flow.post(musicCallback('complete', 'page', [track({ audio_url: `${flow.host}/page.mp3` })]));
  const record = await flow.record('page', ({ assets }) => assets.some(({ attempts }) => attempts.length > 0));

  expect(record).toMatchObject({
    status: 'archiving',
    assets: [{ state: 'open', key: null, attempts: [{ code: 'not_media' }] }],
  });
  expect(record.assets[0]?.nextDueAt).not.toBeNull();
  expect(Object.keys(await flow.listing()).filter((key) => key.includes('page') && key.startsWith('library/'))).toEqual(
    [],
  );
});

const deep = `${'['.repeat(10_000)}${']'.repeat(10_000)}`;
const unrecognised: [string, string | Buffer, string][] = [
  ['is not JSON', '{"code": 200', 'quarantined'],
  ['has no task id', '{"code":200,"data":{}}', 'quarantined'],
  ['is a JSON body nested 10,000 deep', deep, 'quarantined'],
  ['has a shape nobody knows', '{"code":200,"data":{"task_id":"t","hologram":1}}', 'received'],
  ['is not UTF-8 at all', Buffer.from([0xff, 0xfe, 0x00, 0x7b]), 'quarantined'],
  ['hides its id in __proto__', '{"__proto__":{"task_id":"x"},"code":200}', 'quarantined'],
];

test.each(unrecognised)(
  'P2: a callback that %s is acknowledged, kept byte for byte, and announced',
  async (_, body, status) => {
    const bytes = Buffer.from(body);
    const key = `callbacks/unrecognised/${sha256(bytes).slice(0, 16)}.json`;

    const { status: code, answer } = await flow.post(bytes);
    const line = await flow.logs((one) => one.event === 'callback.unrecognised' && one.key === key);

    expect([code, JSON.parse(answer).status]).toEqual([200, status]);
    expect(await flow.read(key)).toEqual(bytes);
    expect(line).toMatchObject({ level: 'warn', reason: expect.any(String) });
  },
);

test('P2: a callback of 4 MiB arrives unchanged, and a larger one is refused', async () => {
  const body = Buffer.from(
    `{"code":200,"task_id":"midi","data":{"state":"complete","instruments":[{"name":"${'♪'.repeat(1_398_000)}"}]}}`,
  );

  const fits = await flow.post(body);
  const tooLarge = await flow.post(Buffer.concat([body, Buffer.alloc(200_000, ' ')]));
  await flow.record('midi', isClosed);

  expect([fits.status, tooLarge.status]).toEqual([200, 413]);
  expect((await flow.read(`callbacks/midi/complete-${sha256(body).slice(0, 8)}.json`)).equals(body)).toBe(true);
});

test('a task id that is no safe key is hashed, and its files are kept', async () => {
  await flow.post(musicCallback('complete', '../../../etc', [track({})]));
  const record = await flow.record(`sha256-${sha256('../../../etc')}`, isClosed);

  expect(record).toMatchObject({ taskId: '../../../etc', status: 'archived' });
});

test('a wrong token gets what an unknown path gets', async () => {
  const base = flow.deployment.callbackUrl.replace(/[^/]+$/, '');

  const wrong = await fetch(`${base}wrong-token`, { method: 'POST', body: '{}' });
  const unknown = await fetch(new URL('/elsewhere', base), { method: 'POST', body: '{}' });

  expect([wrong.status, await wrong.text()]).toEqual([404, '{"message":"Not Found"}']);
  expect([unknown.status, await unknown.text()]).toEqual([404, '{"message":"Not Found"}']);
});
