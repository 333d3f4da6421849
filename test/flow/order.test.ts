// Callbacks in any order and shape.
import { expect, test } from 'vitest';
import { song } from '../doubles/sample-files.ts';
import { musicBody } from './world/bodies.ts';
import { answers, serves } from './world/hosts.ts';
import { expectedSong, hour, minute, scene } from './world/scenes.ts';
import { start } from './world/world.ts';

test('F04: complete, then first, then text end in the record of the natural order, and nothing is downloaded twice', async () => {
  const orders = [
    ['text', 'first', 'complete'],
    ['complete', 'first', 'text'],
  ];
  const ends = [];
  for (const order of orders) {
    const { post, run, track, record, world } = scene();
    const tracks = [track('a'), track('b')];
    for (const stage of order) {
      await post(musicBody(stage, 'task', stage === 'text' ? [] : tracks));
      await run(world.clock.now().getTime() + 1_000);
    }
    await run();
    expect([...world.hosts.opened.values()]).toEqual([1, 1]);
    const { stages, firstSeenAt: _, tracks: known, assets, ...rest } = record('task');
    const timeless = {
      assets: assets.map(({ deadline: _, ...asset }) => asset),
      tracks: known.map(({ seenAt: _, ...one }) => one),
    };
    ends.push({ ...rest, ...timeless, stages: stages.map(({ stage }) => stage) });
  }

  expect(ends[0]).toEqual(ends[1]);
  expect(ends[0]).toMatchObject({ status: 'archived', dueAt: null });
});

test('F05: a final file of another length replaces the provisional one, and that is kept where the final one cannot be had', async () => {
  const final = song(1_700);
  for (const isLost of [false, true]) {
    const { post, run, track, record, audio, world } = scene({ hasKey: false });
    const provisional = track('a', { audioUrl: 'https://media.example/early.mp3', duration: 10 });
    const behaviour = isLost ? answers('not_found') : undefined;
    const complete = track('a', {
      audioUrl: 'https://media.example/final.mp3',
      duration: 200,
      file: final,
      ...(behaviour && { behaviour }),
    });

    await post(musicBody('first', 'task', [provisional]));
    await run(start + minute);
    const early = audio('task')[0]?.key ?? '';
    expect(early).toMatch(/^library\//);
    await post(musicBody('complete', 'task', [complete]));
    await run(start + 3 * hour);

    expect(record('task').status).toBe('archived');
    expect(audio('task')).toMatchObject([{ state: 'stored', key: early }]);
    expect(world.bucket.objects.get(early)?.bytes.equals(isLost ? song(1_500) : final)).toBe(true);
  }
});

test('F10: numbers as text, unknown fields and a stage that no one knows are taken, and never lose a song', async () => {
  const { post, run, track, record } = scene();
  const { audioUrl } = track('a');
  const odd = { id: 7, audio_url: audioUrl, duration: '10', createTime: '1758044664461', new_field: [{}], title: null };

  await post({
    code: '200',
    msg: null,
    extra: 1,
    data: { callbackType: 'remastered', task_id: 12345, data: [odd, null, 3] },
  });
  await run(start + minute);

  expect(record('12345').assets).toMatchObject([{ kind: 'audio', trackId: '7', state: 'stored' }]);
});

test('F15: a flood of a thousand callbacks with the wrong token costs no message, and the true one is stored', async () => {
  const { world, post, run, track, record, callbacks } = scene();

  const answers = await Promise.all(Array.from({ length: 1_000 }, () => world.post({ junk: true }, {}, 'wrong')));
  expect(new Set(answers)).toEqual(new Set(['unknown-token']));
  expect(callbacks.sent()).toBe(0);
  await post(musicBody('complete', 'task', [track('a')]));
  await run();

  expect(record('task').status).toBe('archived');
});

test('F60: ten thousand tasks that fall due at once do not keep a fresh callback waiting', async () => {
  const { world, announce, post, run, track, record } = scene({ hasKey: false });
  await announce(Array.from({ length: 1_000 }, (_, index) => expectedSong(`old-${index}`)));
  await run(start + minute);
  world.clock.set(start + 11 * 24 * hour);
  await world.sweepOnce();
  expect(world.wakes.size()).toBe(1_000);

  await post(musicBody('complete', 'fresh', [track('a')]));
  world.wakes.receive();
  await world.runUntilIdle(world.callbacks);
  await world.runUntilIdle(world.wakes);

  expect(record('fresh').status).toBe('archived');
  expect(world.wakes.size()).toBe(1_000);
});

test('one task id told with two models is two files at two keys, whatever their bytes are', async () => {
  const { world, post, run, record } = scene({ hasKey: false });
  const files = { wav: song(1_500), song: song(1_700) };
  for (const [name, file] of Object.entries(files)) {
    world.hosts.put(`https://media.example/${name}`, { file, behaviour: serves });
  }
  const told = (model: string, name: string) => {
    const resultJson = JSON.stringify({ resultUrls: [`https://media.example/${name}`] });
    return { code: 200, msg: 'ok', data: { taskId: 'task', state: 'success', model, resultJson } };
  };

  await post(told('suno/convert-wav', 'wav'));
  await post(told('suno/generate', 'song'));
  await run();

  const { status, assets } = record('task');
  expect(status).toBe('archived');
  expect(new Set(assets.map(({ key }) => key)).size).toBe(2);
  expect(assets.map(({ kind, key }) => [kind, world.bucket.objects.get(key ?? '')?.bytes])).toEqual([
    ['audio', files.song],
    ['wav', files.wav],
  ]);
});
