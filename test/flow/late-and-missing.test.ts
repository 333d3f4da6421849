// Callbacks that never come, come in part, or report a failure: what the provider is asked, when, and what follows.
import { describe, expect, test } from 'vitest';
import type { ProviderAnswer } from '../../functions/ports.ts';
import { musicBody } from './world/bodies.ts';
import { answers } from './world/hosts.ts';
import { day, expectedSong, hour, minute, scene } from './world/scenes.ts';
import { start } from './world/world.ts';

test.each(['text', 'first'])(
  'F06: a song of which only the stage %s ever arrived is polled, and stored',
  async (stage) => {
    const { post, run, track, made, record, audio, markers, clock, logged } = scene();
    const [a, b] = [track('a'), track('b')];
    made('task', [a, b]);

    await post(musicBody(stage, 'task', [stage === 'first' ? a : { ...a, audioUrl: '' }, { ...b, audioUrl: '' }]));
    await run(start + 14 * minute);
    expect(logged('provider.asked')).toEqual([]);
    await run();

    expect(record('task')).toMatchObject({ status: 'archived', dueAt: null });
    expect(audio('task')).toMatchObject([{ state: 'stored' }, { state: 'stored' }]);
    expect(clock.now().getTime() - start).toBeLessThan(17 * minute);
    expect(markers()).toEqual([]);
  },
);

test('C8: a task whose only song of `first` is refused stays open, and is archived when `complete` names a link that serves', async () => {
  const { post, run, track, record, logged, world } = scene({ hasKey: false });
  await post(musicBody('first', 'task', [track('a', { behaviour: answers('refused_address') })]));
  await run(start + hour);

  expect(record('task')).toMatchObject({
    status: 'archiving',
    failure: null,
    assets: [{ state: 'open' }, { state: 'stored' }],
    dueAt: expect.any(String),
  });
  expect(new Set(logged('task').map(({ level, fields }) => `${level} ${fields?.status}`))).toEqual(
    new Set(['info archiving']),
  );
  expect(logged('event.told')).toEqual([]);

  await post(musicBody('complete', 'task', [track('a', { audioUrl: 'https://media.example/final.mp3' })]));
  await run();

  expect(record('task')).toMatchObject({ status: 'archived', failure: null, dueAt: null });
  expect(world.bus.events.map(({ type }) => type)).toEqual(['MediaReady', 'TaskArchived']);
});

test('C8: an error callback is no failure of the task while the provider is still to be polled about it', async () => {
  const { post, run, record } = scene();

  await post(musicBody('error', 'task', [], 500));
  await run(start + minute);
  expect(record('task')).toMatchObject({ status: 'waiting', failure: { code: 500 } });
  expect(record('task').dueAt).not.toBeNull();
  await run();

  expect(record('task')).toMatchObject({ status: 'failed', failure: { code: 500 }, dueAt: null });
});

test('F07: after six hours without a receiver, 200 of 200 announced tasks are stored', async () => {
  const { announce, run, track, made, records, markers } = scene();
  const ids = Array.from({ length: 200 }, (_, index) => `task-${index}`);
  for (const id of ids) made(id, [track(`${id}-a`)]);

  await announce(ids.map(expectedSong));
  await run();

  expect(records().filter(({ status }) => status === 'archived')).toHaveLength(200);
  expect(markers()).toEqual([]);
});

test('an announced task is asked for every 30 seconds at first, and ever less often', async () => {
  const { announce, run, logged, provider, clock } = scene({ random: () => 0 });
  provider.add({ taskId: 'slow', provider: 'sunoapi.org', kind: 'music', createdAt: start, stages: [] });

  await announce([expectedSong('slow')]);
  const asked: number[] = [];
  for (const at of [15, 25, 90, 8 * 60, 24 * 60]) {
    await run(start + at * minute + minute);
    asked.push(logged('provider.asked').length);
  }

  // The sweep of each minute finds what fell due since the last one.
  expect(asked).toEqual([2, 11, 23, 35, 37]);
  expect(clock.now().getTime()).toBe(start + day + minute);
});

describe('without an API key', () => {
  test('P9: an announced task is said to be at risk 72 hours and 24 hours before its deadline, then closed as missing', async () => {
    const { announce, run, record, logged, markers } = scene({ hasKey: false });

    await announce([expectedSong('task')]);
    await run(start + 11 * day - minute);
    expect(logged('task.at_risk')).toEqual([]);
    await run(start + 14 * day - minute);

    expect(logged('task.at_risk').map(({ level, fields }) => [level, fields?.taskId, fields?.hoursLeft])).toEqual([
      ['warn', 'task', 72],
      ['warn', 'task', 24],
    ]);
    expect(record('task').status).toBe('waiting');
    await run();
    expect(record('task')).toMatchObject({ status: 'failed', failure: { outcome: 'missing' }, dueAt: null });
    expect(record('task').failure?.msg).toBe('No callback arrived, and the provider was not polled.');
    expect(markers()).toEqual([]);
  });

  test('P3: a song of which only its text came is open with a due time until its deadline, and then closed with a reason', async () => {
    const { post, run, record } = scene({ hasKey: false });

    await post(musicBody('text', 'task', []));
    await run(start + hour);
    expect(record('task')).toMatchObject({ status: 'waiting', dueAt: '2026-11-02T00:00:00.000Z' });
    await run();

    expect(record('task')).toMatchObject({ status: 'failed', failure: { outcome: 'missing' } });
  });

  test('what is open says once a day how long it can still be had, and what is closed says nothing of it', async () => {
    const { announce, run, logged, count } = scene({ hasKey: false });

    await announce([expectedSong('task')]);
    await run();

    const told = logged('task').map(({ fields }) => fields?.hoursLeft);
    expect(told).toEqual([...Array.from({ length: 14 }, (_, days) => (14 - days) * 24), undefined]);
    // One wake for each day, and the announcement.
    expect(count.archived).toBe(15);
  });

  test('a callback that comes after all ends the failure', async () => {
    const { announce, post, run, track, record } = scene({ hasKey: false });
    await announce([expectedSong('task')]);
    await run();

    await post(musicBody('complete', 'task', [track('a')]));
    await run();

    expect(record('task')).toMatchObject({ status: 'archived', failure: null });
  });
});

test('a task that its provider does not know fails with an explanation, but not before it is an hour old', async () => {
  const { announce, run, record, logged } = scene();

  await announce([expectedSong('typo')]);
  await run(start + 59 * minute);
  expect(record('typo').status).toBe('waiting');
  await run();

  expect(record('typo')).toMatchObject({ status: 'failed', failure: { outcome: 'unknown_task' }, dueAt: null });
  expect(record('typo').failure?.advice).toContain('Check the id');
  expect(logged('provider.asked').length).toBeLessThan(30);
});

test('a task that was announced wrongly, and was unknown, is watched again when it is announced rightly', async () => {
  const { announce, run, track, made, record } = scene();
  await announce([{ ...expectedSong('task'), kind: 'wav' }]);
  await run();
  expect(record('task').failure?.outcome).toBe('unknown_task');

  made('task', [track('a')]);
  await announce([expectedSong('task')]);
  await run();

  expect(record('task')).toMatchObject({ status: 'archived', kind: 'music', failure: null });
});

test('a task that was announced twice, and whose callbacks come as well, is one task', async () => {
  const { announce, post, run, track, records, count, library } = scene();

  await announce([expectedSong('task'), expectedSong('task')]);
  await announce([expectedSong('task')]);
  await post(musicBody('complete', 'task', [track('a')]));
  await run();
  const before = count.archived;
  await announce([expectedSong('task')]);
  await run();

  expect(records()).toMatchObject([{ taskId: 'task', status: 'archived', provider: 'sunoapi.org' }]);
  expect(library()).toHaveLength(2);
  expect(count.archived).toBe(before + 1);
});

describe('an error callback', () => {
  test.each([400, 401, 413, 429, 451, 501])('F08: with code %d ends the task, and no one asks', async (code) => {
    const { post, run, record, logged, callbacks } = scene();

    await post(musicBody('error', 'task', [], code));
    await run();

    expect(record('task')).toMatchObject({ status: 'failed', failure: { code }, dueAt: null });
    expect(logged('provider.asked')).toEqual([]);
    expect(callbacks.deadLetters).toEqual([]);
  });

  test.each([408, 500, 531])(
    'F08: with code %d is asked about once, later, for it may have been done all the same',
    async (code) => {
      const bad = scene();
      bad.provider.add({
        ...{ taskId: 'task', provider: 'sunoapi.org', kind: 'music', createdAt: start },
        stages: [{ at: start, body: musicBody('error', 'task', [], code) }],
      });
      await bad.post(musicBody('error', 'task', [], code));
      await bad.run();
      expect(bad.record('task')).toMatchObject({ status: 'failed', failure: { code }, dueAt: null });
      expect(bad.logged('provider.asked')).toHaveLength(1);

      const good = scene();
      good.made('task', [good.track('a')]);
      await good.post(musicBody('error', 'task', [], code));
      await good.run();
      expect(good.record('task')).toMatchObject({ status: 'archived', failure: null });
    },
  );

  test('F09: a success that names no file is asked about, and closed if there is none', async () => {
    const { post, run, record, logged, provider } = scene();
    const body = musicBody('complete', 'task', [{ id: 'a', title: 'A', audioUrl: 'https://cdn.example/None.mp3' }]);
    provider.add({
      taskId: 'task',
      provider: 'sunoapi.org',
      kind: 'music',
      createdAt: start,
      stages: [{ at: start, body }],
    });

    await post(body);
    await run();

    expect(record('task')).toMatchObject({ status: 'failed', failure: { outcome: 'no_media' }, dueAt: null });
    expect(logged('provider.asked')).toHaveLength(1);
  });
});

describe('F59: a provider that', () => {
  const down: ProviderAnswer = { outcome: 'unavailable', detail: 'it answered 455', retryAfterMs: null };
  const refusing: ProviderAnswer = { outcome: 'refused', detail: 'the key is not accepted', refusal: 'key' };

  test.each([
    ['is down', down],
    ['refuses the key', refusing],
  ])('%s for two days is asked ever less often, and what it made is stored in the end', async (_, answer) => {
    const { announce, run, track, made, record, logged, clock, ...rest } = scene({
      trouble: () => (rest.world.clock.now().getTime() < start + 2 * day ? answer : undefined),
    });
    made('task', [track('a')]);

    await announce([expectedSong('task')]);
    await run();

    expect(record('task').status).toBe('archived');
    const inTrouble = logged('provider.asked').filter(({ level }) => level === 'warn');
    expect(inTrouble.length).toBeGreaterThan(5);
    expect(inTrouble.length).toBeLessThan(45);
  });

  test('is down for good does not keep what a callback reported from being stored', async () => {
    const { post, run, track, record } = scene({ trouble: () => down });

    await post(musicBody('complete', 'task', [track('a')]));
    await run();

    expect(record('task').status).toBe('archived');
  });
});

describe('links that are dead', () => {
  test('F35: are renewed by what the provider says when it is asked', async () => {
    const { post, run, track, made, audio, record } = scene();
    const dead = track('a', { behaviour: answers('not_found') });
    made('task', [{ ...dead, audioUrl: track('a-fresh').audioUrl }]);

    await post(musicBody('complete', 'task', [dead]));
    await run();

    expect(record('task').status).toBe('archived');
    expect(audio('task')[0]?.sources.map(({ url, confirmed }) => [url, confirmed])).toEqual([
      ['https://media.example/a-fresh.mp3', true],
      ['https://media.example/a.mp3', false],
    ]);
  });

  test('F35: are renewed by kie.ai’s links of 20 minutes where the provider names no others', async () => {
    const fresh = 'https://media.example/20-minutes.mp3';
    const { post, run, track, made, record, world } = scene({
      freshLinks: new Map([['https://media.example/a.mp3', fresh]]),
    });
    const dead = track('a', { behaviour: answers('forbidden') });
    track('fresh', { audioUrl: fresh });
    made('task', [dead]);

    await post(musicBody('complete', 'task', [dead]));
    await run();

    expect(record('task').status).toBe('archived');
    expect(world.hosts.opened.get(fresh)).toBe(1);
  });

  test('F35: and of which the provider has no others are tried to the deadline, and end with a reason then', async () => {
    const { post, run, track, made, audio, record, markers } = scene();
    const tracks = [track('a', { behaviour: answers('not_found') }), track('b')];
    made('task', tracks);

    await post(musicBody('complete', 'task', tracks));
    await run();

    expect(audio('task')).toMatchObject([{ state: 'failed' }, { state: 'stored' }]);
    expect(audio('task')[0]?.attempts.at(-1)).toMatchObject({ code: 'not_found' });
    expect(Date.parse(audio('task')[0]?.attempts.at(-1)?.at ?? '')).toBeGreaterThanOrEqual(start + 14 * day);
    expect(record('task')).toMatchObject({ status: 'failed', failure: { outcome: 'files_missing' } });
    expect(markers()).toEqual([]);
  });
});

test('P9: a host that answers 503 for 13 days and then serves costs nothing: the song is stored', async () => {
  const { post, run, track, record, audio } = scene({ random: () => 1 });

  await post(musicBody('complete', 'task', [track('a', { behaviour: answers('throttled', start + 13 * day) })]));
  await run();

  expect(record('task').status).toBe('archived');
  expect(audio('task')[0]?.attempts.length).toBe(20);
});

test('a link that fails does not keep the other links of its stage from being tried at once', async () => {
  const { post, run, track, record } = scene({ hasKey: false });
  const down = track('a', { behaviour: answers('throttled') });
  const other = track('other');
  const body = musicBody('complete', 'task', [down]);
  const [said] = Object(body).data.data;

  await post({ ...body, data: { ...Object(body).data, data: [{ ...said, source_audio_url: other.audioUrl }] } });
  await run(start + minute);

  expect(record('task').status).toBe('archived');
});
