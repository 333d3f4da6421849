// Cases found by looking for faults: what an adversary, or an unlucky order of events, could do to the promises.

import { describe, expect, test } from 'vitest';
import { TransferError } from '../../functions/domain/errors.ts';
import { encodeMessage } from '../../functions/domain/message.ts';
import { keySafeTaskId } from '../../functions/domain/object-key.ts';
import type { ProviderAnswer } from '../../functions/ports.ts';
import { policyOf } from '../doubles/archiver-policy.ts';
import { song, unrecognizedFile } from '../doubles/sample-files.ts';
import { musicBody, type SaidTrack } from './world/bodies.ts';
import { answers, serves } from './world/hosts.ts';
import { expectedSong, hour, minute, scene } from './world/scenes.ts';
import { start, type World } from './world/world.ts';

const policy = policyOf({ canAsk: true, confirm: true });
const cut = song(1_500).subarray(0, 30);

async function retry({ callbacks }: World, taskId: string): Promise<void> {
  const message = encodeMessage({ type: 'retry', task: keySafeTaskId(taskId) });
  await callbacks.send(message, { signal: new AbortController().signal });
}

/** One song with two links. */
function bodyOfTwo(track: SaidTrack, otherUrl: string): object {
  const body = Object(musicBody('complete', 'task', [track]));
  const [said] = body.data.data;
  return { ...body, data: { ...body.data, data: [{ ...said, source_audio_url: otherUrl }] } };
}

test.each(['not_found', 'throttled'] as const)(
  'P8: a large file whose first link is %s continues from its second one, and does not begin there from the start each time',
  async (code) => {
    let served = 0;
    const { world, post, run, track, record, count } = scene({ hasKey: false });
    const first = track('a', { behaviour: answers(code) });
    const behaviour = () =>
      ++served % 6 === 0 ? new TransferError('unfinished', 'the time limit was reached') : undefined;
    const second = track('b', { file: song(40_000), behaviour });
    // On the last day no link is waited for.
    world.clock.set(start + 13.5 * 24 * hour);
    const at = world.clock.now().getTime();
    world.clock.set(start);
    await world.announce([expectedSong('task')]);
    await run(at);

    const before = count.archived;
    await post(bodyOfTwo(first, second.audioUrl));
    await run(at + hour);

    expect(record('task').status).toBe('archived');
    expect(count.archived - before).toBeLessThan(20);
  },
);

test('I5: what came of one link leaves no upload where another one’s bytes end in quarantine', async () => {
  const { world, announce, post, run, track, audio } = scene({ hasKey: false });
  await announce([expectedSong('task')]);
  // On the last day no link is waited for.
  await run(start + 13.5 * 24 * hour);
  const behaviour = ({ from }: { from: number }) => (from > 3_000 ? new TransferError('cut', 'it ended') : undefined);
  const first = track('a', { file: unrecognizedFile() });
  const second = track('b', { file: song(40_000), behaviour });

  await post(bodyOfTwo(first, second.audioUrl));
  await run();

  expect(audio('task')).toMatchObject([{ state: 'quarantined', progress: null }]);
  expect(world.bucket.openUploads()).toEqual([]);
});

test.each([400, 501])(
  'F13: a song that only a callback reports, while the provider says it failed with %d, is never fetched',
  async (code) => {
    const { post, run, track, record, audio, provider, world } = scene({ policy });
    const stages = [{ at: start, body: musicBody('error', 'task', [], code) }];
    provider.add({ taskId: 'task', provider: 'sunoapi.org', kind: 'music', createdAt: start, stages });

    await post(musicBody('complete', 'task', [track('a')]));
    await run();

    expect(record('task')).toMatchObject({ status: 'failed', unconfirmed: null, dueAt: null });
    expect(audio('task')[0]?.attempts).toMatchObject([{ code: 'unconfirmed' }]);
    expect(world.hosts.opened.size).toBe(0);
  },
);

test('F05: where links are confirmed, the final file waits for its own one, and is not the provisional one again', async () => {
  const { post, run, track, audio, world, provider } = scene({ policy });
  const early = track('a', { audioUrl: 'https://media.example/early.mp3', duration: 10 });
  const final = track('a', { audioUrl: 'https://media.example/final.mp3', duration: 200, file: song(1_700) });
  const stages = [
    { at: start, body: musicBody('first', 'task', [early]) },
    { at: start + 2 * minute, body: musicBody('complete', 'task', [final]) },
  ];
  provider.add({ taskId: 'task', provider: 'sunoapi.org', kind: 'music', createdAt: start, stages });

  await post(musicBody('first', 'task', [early]));
  await run(start + minute);
  expect(audio('task')).toMatchObject([{ state: 'stored', bytes: 1_500 }]);
  // The callback comes a little earlier than the answer of the provider's API.
  await post(musicBody('complete', 'task', [final]));
  await run();

  expect(audio('task')).toMatchObject([{ state: 'stored', bytes: 1_700 }]);
  expect(world.hosts.opened.get(early.audioUrl)).toBe(1);
});

test('a task of which all is stored is not asked about any more, also where a retry’s question was never answered', async () => {
  const down: ProviderAnswer = { outcome: 'unavailable', detail: 'it answered 500', retryAfterMs: null };
  const { post, run, track, record, world, markers } = scene({ trouble: () => down });
  await post(musicBody('complete', 'task', [track('a', { behaviour: answers('refused_address', start + hour) })]));
  await run(start + 2 * hour);

  await retry(world, 'task');
  await run(start + 3 * hour);

  expect(record('task')).toMatchObject({ status: 'archived', dueAt: null });
  expect(markers()).toEqual([]);
});

test('a task whose id is no safe key is announced, reported, retried and stored like any other', async () => {
  const id = 'a/b c?ü';
  const { world, post, announce, run, track, bucket, markers } = scene();
  const late = track('a', { behaviour: answers('throttled', start + hour) });

  await announce([expectedSong(id)]);
  await run(start + minute);
  expect(markers()).toEqual([expect.stringMatching(/^schedule\/20261101T001500Z\/sha256-[0-9a-f]{64}$/)]);
  await post(musicBody('complete', id, [late]));
  await run(start + 2 * minute);
  await retry(world, id);
  await run();

  const text = bucket.objects.get(`tasks/${keySafeTaskId(id)}.json`)?.bytes.toString() ?? '';
  expect(JSON.parse(text)).toMatchObject({ taskId: id, status: 'archived', dueAt: null });
  expect(markers()).toEqual([]);
});

// Regressions: each of these was once closed too early.
describe('nothing is closed on a maybe:', () => {
  test('F05: a provisional file does not take the place of a final one whose link is only too new', async () => {
    const { post, run, track, audio } = scene({ hasKey: false });
    const early = track('a', { audioUrl: 'https://media.example/early.mp3', duration: 10 });
    const final = track('a', {
      ...{ audioUrl: 'https://media.example/final.mp3', duration: 200, file: song(1_700) },
      behaviour: answers('not_found', start + 30 * minute),
    });

    await post(musicBody('first', 'task', [early]));
    await run(start + minute);
    await post(musicBody('complete', 'task', [final]));
    await run();

    expect(audio('task')).toMatchObject([{ state: 'stored', bytes: 1_700 }]);
  });

  test('a file that arrived incomplete twice and then complete is stored', async () => {
    const { post, run, track, audio, world } = scene({ hasKey: false });
    const said = track('a', { file: cut });
    await post(musicBody('complete', 'task', [said]));
    await run(start + 4 * minute);

    world.hosts.put(said.audioUrl, { file: song(1_500), behaviour: serves });
    await run();

    expect(audio('task')).toMatchObject([{ state: 'stored' }]);
  });

  test('a retry stores a file that was in quarantine if its host now serves it correctly', async () => {
    const { post, run, track, audio, world } = scene({ hasKey: false });
    const said = track('a', { file: cut });
    await post(musicBody('complete', 'task', [said]));
    await run();

    world.hosts.put(said.audioUrl, { file: song(1_500), behaviour: serves });
    await retry(world, 'task');
    await run();

    expect(audio('task')).toMatchObject([{ state: 'stored' }]);
  });

  test('P9: a fresh link that is not available just now is requested again', async () => {
    const fresh = 'https://media.example/20-minutes.mp3';
    const { post, run, track, made, record, provider, clock } = scene();
    provider.api.freshLink = async () => (clock.now().getTime() < start + 3 * hour ? 'unavailable' : fresh);
    const dead = track('a', { behaviour: answers('forbidden') });
    track('fresh', { audioUrl: fresh });
    made('task', [dead]);

    await post(musicBody('complete', 'task', [dead]));
    await run();

    expect(record('task').status).toBe('archived');
  });

  test('P5: stored lyrics stay in the record if a later stage has none', async () => {
    const { post, run, track, record, library } = scene();
    const body = Object(musicBody('complete', 'task', [track('a')]));
    const wordless = body.data.data.map(({ prompt: _, ...said }: { prompt: string }) => said);

    await post(musicBody('text', 'task', [{ ...track('a'), audioUrl: '' }]));
    await run(start + minute);
    await post({ ...body, data: { ...body.data, data: wordless } });
    await run();

    expect(record('task').assets.map(({ key }) => key)).toEqual(expect.arrayContaining(library()));
  });

  test('a link of `first` that was dead is tried once more when `complete` names it again', async () => {
    const { post, run, track, record, provider } = scene();
    const said = track('a', { behaviour: answers('not_found', start + 5 * hour) });
    const stages = [{ at: start + 6 * hour, body: musicBody('complete', 'task', [said]) }];
    provider.add({ taskId: 'task', provider: 'sunoapi.org', kind: 'music', createdAt: start, stages });

    await post(musicBody('first', 'task', [said]));
    await run();

    expect(record('task').status).toBe('archived');
  });
});
