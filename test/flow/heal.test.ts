// 114 songs whose links had all died before they were stored, closed as failed by version 0.1: `heal` sends a retry for
// each, and Suno's own host still has them.
import { expect, test } from 'vitest';
import { healReasonOf } from '../../client/select-tasks.ts';
import { encodeMessage } from '../../functions/domain/message.ts';
import type { TaskRecord } from '../../functions/domain/record.ts';
import { picture, song } from '../doubles/sample-files.ts';
import { musicBody } from './world/bodies.ts';
import { answers, type Behaviour, serves } from './world/hosts.ts';
import { day, minute, scene } from './world/scenes.ts';
import { start } from './world/world.ts';

const songs = 114;
const file = song(1_500);
const trackIdOf = (number: number) => `8551e0a4-3c1d-4f5e-9b7a-${String(number).padStart(12, '0')}`;

/** The fields of a record of version 0.1. */
function asVersion01({ assets, ...record }: TaskRecord): object {
  const { missing: _, dismissedAt: __, extendedTo: ___, omitted: ____, absent: _____, ...known } = record;
  const closed = assets.map(
    ({ rounds: _, failingSince: __, rechecks: ___, measuredSeconds: ____, reason: _____, ...asset }) =>
      asset.state === 'open'
        ? { ...asset, state: 'failed', nextDueAt: null, wantsLinks: false, refreshes: 0 }
        : { ...asset, refreshes: 0 },
  );
  const failure = { code: null, outcome: 'files_missing', msg: '2 of 3 files are not in the library.', advice: '' };
  return { ...known, assets: closed, failure, status: 'failed', dueAt: null };
}

async function rottenLibrary(lastResort: Behaviour) {
  const one = scene({ hasKey: false });
  const dead = answers('not_found');
  for (let number = 0; number < songs; number++) {
    const trackId = trackIdOf(number);
    const imageUrl = `https://media.example/${trackId}.jpeg`;
    one.world.hosts.put(imageUrl, { file: picture(), behaviour: dead });
    one.world.hosts.put(`https://last-resort.example/${trackId}.mp3`, { file, behaviour: lastResort });
    const track = one.track(trackId, { file, imageUrl, behaviour: dead });
    await one.post(musicBody('complete', `task-${number}`, [track]));
  }
  await one.run(start + minute / 2);
  for (const record of one.records()) {
    const text = JSON.stringify(asVersion01(record));
    await one.bucket.write(`tasks/${record.taskId}.json`, text, { contentType: 'application/json' });
  }
  for (const key of one.markers()) one.bucket.objects.delete(key);
  one.clock.set(start + 17 * day);
  return one;
}

async function heal(one: Awaited<ReturnType<typeof rottenLibrary>>): Promise<void> {
  for (const record of one.records().filter((known) => healReasonOf(known) !== null)) {
    const message = encodeMessage({ type: 'retry', task: record.taskId });
    await one.callbacks.send(message, { signal: new AbortController().signal });
  }
}

test('heal stores all of them, and says why their covers are missing', async () => {
  const one = await rottenLibrary(serves);

  await heal(one);
  await one.run();

  expect(one.records().filter(({ status }) => status === 'archived')).toHaveLength(songs);
  for (const { assets, missing } of one.records()) {
    const audio = assets.find(({ kind }) => kind === 'audio');
    expect(one.bucket.objects.get(audio?.key ?? '')?.bytes).toEqual(file);
    expect(missing).toMatchObject([{ kind: 'image', reason: 'it is not_found' }]);
  }
  expect(one.markers()).toEqual([]);
});

test('heal may be interrupted and run again: what is open already is left alone', async () => {
  const one = await rottenLibrary(answers('throttled', start + 18 * day));

  await heal(one);
  await one.run(start + 17 * day + 10 * minute);
  const sent = one.callbacks.sent();
  await heal(one);
  expect(one.callbacks.sent()).toBe(sent);
  await one.run();

  expect(one.records().filter(({ status }) => status === 'archived')).toHaveLength(songs);
});

test('what nothing can heal is closed again after three days, with the reason', async () => {
  const one = await rottenLibrary(answers('not_found'));

  await heal(one);
  await one.run();

  expect(one.clock.now().getTime()).toBeGreaterThanOrEqual(start + 20 * day);
  for (const { status, failure } of one.records()) {
    expect([status, failure?.outcome]).toEqual(['failed', 'files_missing']);
    expect(failure?.msg).toContain('it is not_found');
  }
});
