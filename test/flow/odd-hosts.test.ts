// Hosts that answer wrongly at first, or for days: whatever they answer, a file is tried until its deadline.
import { describe, expect, test } from 'vitest';
import { TransferError } from '../../functions/domain/errors.ts';
import type { Asset } from '../../functions/domain/record.ts';
import { message, page, picture, song, unrecognizedFile } from '../doubles/sample-files.ts';
import { musicBody } from './world/bodies.ts';
import { answers, type Behaviour, serves } from './world/hosts.ts';
import { day, hour, minute, scene } from './world/scenes.ts';
import { start } from './world/world.ts';

const trackId = '8551e0a4-3c1d-4f5e-9b7a-2d6c4e8f662c';
const lastResort = `https://last-resort.example/${trackId}.mp3`;
const until =
  (at: number, code: ConstructorParameters<typeof TransferError>[0]): Behaviour =>
  ({ now }) =>
    now < at ? new TransferError(code, `it is ${code}`) : undefined;
const eventsOf = (world: ReturnType<typeof scene>) => world.bus.events.map(({ type }) => type);
const audioOf = (assets: readonly Asset[]) => assets.filter(({ kind }) => kind === 'audio');

describe('a new link that answers wrongly at first', () => {
  test.each([
    ['a picture', picture()],
    ['noise', unrecognizedFile()],
    ['a message of its host', message],
    ['a page', page],
    ['half of the song', song(1_500).subarray(0, 700)],
    ['nothing', Buffer.alloc(0)],
  ])('with %s is tried again, and its song is stored', async (_, wrong) => {
    const one = scene({ hasKey: false });
    const body = musicBody('complete', 'task', [one.track('a', { file: song(1_500) })]);
    const { audioUrl } = one.track('a', { file: wrong });

    await one.post(body);
    await one.run(start + 40 * minute);
    expect(one.record('task')).toMatchObject({ status: 'archiving', failure: null });
    one.world.hosts.put(audioUrl, { file: song(1_500), behaviour: serves });
    await one.run();

    expect(one.record('task')).toMatchObject({ status: 'archived', dueAt: null });
    const [asset] = one.audio('task');
    expect(one.bucket.objects.get(asset?.key ?? '')?.bytes).toEqual(song(1_500));
  });

  test.each(['too_large', 'refused_url', 'too_many_redirects', 'refused_address', 'forbidden', 'not_found'] as const)(
    'with %s is tried again, and its song is stored',
    async (code) => {
      const one = scene({ hasKey: false });

      await one.post(musicBody('complete', 'task', [one.track('a', { behaviour: until(start + 2 * hour, code) })]));
      await one.run();

      expect(one.record('task')).toMatchObject({ status: 'archived', failure: null });
    },
  );

  test('a link that works, is refused by a bot wall for days, and works again costs nothing', async () => {
    const one = scene({ hasKey: false });
    const wall: Behaviour = ({ now }) =>
      now > start + 2 * hour - 1 && now < start + 9 * day
        ? new TransferError('forbidden', 'the host answered 403')
        : undefined;
    const throttledFirst: Behaviour = (at) =>
      at.now < start + hour ? new TransferError('throttled', '429') : wall(at);

    await one.post(musicBody('complete', 'task', [one.track('a', { behaviour: throttledFirst })]));
    await one.run();

    expect(one.record('task').status).toBe('archived');
  });
});

describe('the deadline', () => {
  test('is when a file is tried a last time: a host that serves only then is not too late', async () => {
    const one = scene({ hasKey: false });

    await one.post(
      musicBody('complete', 'task', [one.track('a', { behaviour: until(start + 14 * day, 'throttled') })]),
    );
    await one.run();

    expect(one.record('task')).toMatchObject({ status: 'archived', failure: null });
  });

  test('closes a file of which every link stayed dead, and says which one is missing and why', async () => {
    const one = scene({ hasKey: false });
    const tracks = [one.track('dead', { behaviour: answers('not_found') }), one.track('alive')];

    await one.post(musicBody('complete', 'task', tracks));
    await one.run(start + 14 * day - minute);
    expect(one.record('task').status).toBe('archiving');
    await one.run();

    const { status, failure, dueAt } = one.record('task');
    expect([status, failure?.outcome, dueAt]).toEqual(['failed', 'files_missing', null]);
    expect(failure?.msg).toContain('audio dead: it is not_found');
    expect(one.markers()).toEqual([]);
  });

  test.each(['1970-01-01T00:00:10.000Z', '2099-06-01T00:00:00.000Z'])(
    'is counted from the right time although the receiver’s clock said %s',
    async (wrongTime) => {
      const one = scene({ hasKey: false });
      const { encodeCallback } = await import('../../functions/domain/message.ts');
      const track = one.track('a', { behaviour: until(start + day, 'throttled') });
      const body = Buffer.from(JSON.stringify(musicBody('complete', 'task', [track])));
      const encoded = encodeCallback({ receivedAt: wrongTime, labels: {}, body }) ?? '';

      await one.callbacks.send(encoded, { signal: new AbortController().signal });
      await one.run(start + hour);
      expect(one.record('task').assets[0]?.deadline).toBe(new Date(start + 14 * day).toISOString());
      await one.run();

      expect(one.record('task').status).toBe('archived');
    },
  );
});

describe('the last resort', () => {
  const dead = () => {
    const one = scene({ hasKey: false });
    const track = one.track(trackId, { behaviour: answers('not_found') });
    return { one, body: musicBody('complete', 'task', [track]) };
  };

  test('is the address at Suno that follows from the id, once the links have failed for an hour', async () => {
    const { one, body } = dead();
    one.world.hosts.put(lastResort, { file: song(1_500), behaviour: serves });

    await one.post(body);
    await one.run(start + 50 * minute);
    expect(one.world.hosts.opened.has(lastResort)).toBe(false);
    await one.run(start + day);

    expect(one.record('task')).toMatchObject({ status: 'archived', dueAt: null });
    expect(one.bucket.objects.get(one.audio('task')[0]?.key ?? '')?.bytes).toEqual(song(1_500));
  });

  test('is checked like any other source: a page is not believed', async () => {
    const { one, body } = dead();
    one.world.hosts.put(lastResort, { file: page, behaviour: serves });

    await one.post(body);
    await one.run();

    expect(one.record('task')).toMatchObject({ status: 'failed', failure: { outcome: 'files_missing' } });
    expect(one.world.hosts.opened.get(lastResort)).toBeGreaterThan(5);
    expect(one.library().filter((key) => key.endsWith('.mp3'))).toEqual([]);
  });
});

describe('a song that is much shorter than promised', () => {
  const short = async () => {
    const one = scene({ hasKey: false });
    const { audioUrl, ...said } = one.track('a', { file: song(1_500), duration: 198 });
    await one.post(musicBody('complete', 'task', [{ audioUrl, ...said }]));
    return { one, audioUrl };
  };

  test('is stored, archived and suspect, and announced as such', async () => {
    const { one } = await short();

    await one.run(start + minute);

    expect(one.record('task').status).toBe('archived');
    expect(one.audio('task')).toMatchObject([
      { state: 'stored', suspect: expect.stringContaining('the callback says 198.0 s') },
    ]);
    expect(one.bus.events.map(({ type, detail }) => [type, detail.assets[0]?.suspect !== null])).toEqual([
      ['MediaReady', true],
      ['TaskArchived', true],
    ]);
    expect(one.logged('event.told')[0]?.fields).toMatchObject({ suspect: 1 });
  });

  test('is fetched again after 10 minutes, and replaced by the complete one', async () => {
    const { one, audioUrl } = await short();
    await one.run(start + 5 * minute);
    const whole = song(198 * 4_000);
    one.world.hosts.put(audioUrl, { file: whole, behaviour: serves });

    await one.run(start + 11 * minute);

    expect(one.audio('task')).toMatchObject([{ state: 'stored', bytes: whole.length }]);
  });

  test('stays as it is while nothing better arrives, for a day', async () => {
    const { one, audioUrl } = await short();

    await one.run();

    expect(one.record('task')).toMatchObject({ status: 'archived', dueAt: null });
    expect(one.world.hosts.opened.get(audioUrl)).toBe(5);
    expect(eventsOf(one)).toEqual(['MediaReady', 'TaskArchived']);
  });
});

describe('a promised file without a link', () => {
  const withoutLink = (one: ReturnType<typeof scene>) => [one.track('a'), { ...one.track('b'), audioUrl: '' }];

  test('keeps its task open: with a key it is polled, and stored when the provider names a link', async () => {
    const one = scene();
    const tracks = withoutLink(one);
    one.made('task', tracks);
    one.provider.add({
      ...{ taskId: 'task', provider: 'sunoapi.org', kind: 'music', createdAt: start },
      stages: [
        { at: start, body: musicBody('complete', 'task', tracks) },
        { at: start + 3 * hour, body: musicBody('complete', 'task', [one.track('a'), one.track('b')]) },
      ],
    });

    await one.post(musicBody('complete', 'task', tracks));
    await one.run(start + hour);
    expect(one.record('task').status).toBe('archiving');
    expect(eventsOf(one)).not.toContain('TaskArchived');
    await one.run();

    expect(one.record('task')).toMatchObject({ status: 'archived', dueAt: null });
    expect(audioOf(one.record('task').assets).map(({ state }) => state)).toEqual(['stored', 'stored']);
  });

  test('is named in the failure at the deadline where nobody can be asked', async () => {
    const one = scene({ hasKey: false });

    await one.post(musicBody('complete', 'task', withoutLink(one)));
    await one.run();

    const { status, failure } = one.record('task');
    expect([status, failure?.outcome]).toEqual(['failed', 'files_missing']);
    expect(failure?.msg).toContain('audio b: no link to this file arrived in time');
    expect(eventsOf(one)).not.toContain('TaskArchived');
    expect(eventsOf(one)).not.toContain('MediaReady');
  });
});

describe('what the provider itself says of one file', () => {
  test('a track with an error of its own is named with that reason, and the task does not wait for it', async () => {
    const one = scene({ hasKey: false });
    const good = one.track('a');
    const data = [
      { id: 'a', title: 'A', audio_url: good.audioUrl, status: 'success', error: '' },
      { id: 'b', title: 'B', audio_url: '', status: 'failed', error: 'clip_error' },
    ];

    await one.post({ code: 200, msg: 'ok', task_id: 'task', data });
    await one.run(start + minute);

    const { status, failure } = one.record('task');
    expect([status, failure?.outcome]).toEqual(['failed', 'files_missing']);
    expect(failure?.msg).toContain('audio b: the provider says: clip_error');
  });

  test('a song of Suno with an error of its own still has the last resort', async () => {
    const one = scene({ hasKey: false });
    one.world.hosts.put(lastResort, { file: song(1_500), behaviour: serves });
    const data = [{ id: trackId, title: 'A', audio_url: '', status: 'failed', error: 'get_tokens_failed' }];

    await one.post({ code: 200, msg: 'ok', task_id: 'task', data });
    await one.run(start + minute);

    expect(one.record('task')).toMatchObject({ status: 'archived', failure: null });
  });

  test('a stem without a link is absent: the provider is asked once, and the task is archived without it', async () => {
    const one = scene();
    const url = one.track('vocal').audioUrl;
    const info = { origin_url: '', vocal_url: url, drums_url: '' };
    const body = { code: 200, msg: 'ok', data: { task_id: 'task', vocal_removal_info: info } };
    one.provider.add({
      ...{ taskId: 'task', provider: 'sunoapi.org', kind: 'music', createdAt: start },
      stages: [{ at: start, body }],
    });

    await one.post(body);
    await one.run();

    expect(one.record('task')).toMatchObject({ status: 'archived', absent: ['Drums'], failure: null });
    expect(one.provider.asked()).toBe(1);
  });
});

describe('a cover that never arrives', () => {
  const withDeadCover = (one: ReturnType<typeof scene>) => {
    const imageUrl = 'https://media.example/cover.jpeg';
    one.world.hosts.put(imageUrl, { file: picture(), behaviour: answers('not_found') });
    return musicBody('complete', 'task', [one.track('a', { imageUrl })]);
  };

  test('keeps nobody from the music: the media are ready at once, and the task is archived at its deadline', async () => {
    const one = scene({ hasKey: false });

    await one.post(withDeadCover(one));
    await one.run(start + day);
    expect(eventsOf(one)).toEqual(['MediaReady']);
    expect(one.record('task').status).toBe('archiving');
    await one.run();

    expect(eventsOf(one)).toEqual(['MediaReady', 'TaskArchived']);
    expect(one.record('task')).toMatchObject({
      status: 'archived',
      failure: null,
      missing: [{ kind: 'image', trackId: 'a', reason: 'it is not_found' }],
    });
    expect(one.bus.events.at(-1)?.detail.missing).toHaveLength(1);
    expect(one.logged('task.at_risk')).toEqual([]);
  });
});

describe('a file that every source refuses', () => {
  test('is announced once after six hours, with the answer of its host, and not before', async () => {
    const one = scene({ hasKey: false });

    await one.post(musicBody('complete', 'task', [one.track('a', { behaviour: answers('forbidden') })]));
    await one.run(start + 6 * hour - minute);
    expect(eventsOf(one)).toEqual([]);
    await one.run(start + 10 * day);

    expect(eventsOf(one)).toEqual(['AssetAtRisk']);
    expect(one.bus.events[0]?.detail.assets).toMatchObject([{ kind: 'audio', problem: 'it is forbidden' }]);
    expect(one.logged('event.told')[0]?.fields).toMatchObject({ refused: 1 });
  });
});

describe('what the owner dismissed', () => {
  test('is not tried any more, and a retry tries it again', async () => {
    const one = scene({ hasKey: false });
    const { signal } = new AbortController();
    const { encodeMessage } = await import('../../functions/domain/message.ts');
    const track = one.track('a', { behaviour: until(start + 5 * day, 'not_found') });

    await one.post(musicBody('complete', 'task', [track]));
    await one.run(start + hour);
    await one.callbacks.send(encodeMessage({ type: 'dismiss', task: 'task' }), { signal });
    await one.run();
    const opened = one.world.hosts.opened.get(track.audioUrl);
    expect(one.record('task')).toMatchObject({ status: 'failed', dueAt: null, failure: { outcome: 'dismissed' } });
    expect(one.markers()).toEqual([]);

    one.clock.set(start + 30 * day);
    await one.run();
    expect(one.world.hosts.opened.get(track.audioUrl)).toBe(opened);
    await one.callbacks.send(encodeMessage({ type: 'retry', task: 'task' }), { signal });
    await one.run();

    expect(one.record('task')).toMatchObject({ status: 'archived', dismissedAt: null });
  });
});
