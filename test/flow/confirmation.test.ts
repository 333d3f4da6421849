// `confirmWithProvider`: links are taken from the provider's API, not from the body of a callback.

import { describe, expect, test } from 'vitest';
import type { ProviderAnswer } from '../../functions/ports.ts';
import { policyOf } from '../doubles/archiver-policy.ts';
import { musicBody } from './world/bodies.ts';
import { answers } from './world/hosts.ts';
import { day, minute, scene } from './world/scenes.ts';
import { start } from './world/world.ts';

const policy = policyOf({ canAsk: true, confirm: true });
const down: ProviderAnswer = { outcome: 'unavailable', detail: 'it answered 500', retryAfterMs: null };

test('F13: a true callback whose links were swapped leads to the provider’s file, and the stranger’s is never asked for', async () => {
  const { post, run, track, made, record, audio, world } = scene({ policy });
  const genuine = track('a');
  const forged = track('a', { audioUrl: 'https://evil.example/a.mp3' });
  made('task', [genuine]);

  await post(musicBody('complete', 'task', [forged]));
  await run(start + 3 * minute);

  expect(record('task')).toMatchObject({ status: 'archived', unconfirmed: null });
  expect(audio('task')[0]?.sources.map(({ url, confirmed }) => [url, confirmed])).toEqual([
    ['https://evil.example/a.mp3', false],
    ['https://media.example/a.mp3', true],
  ]);
  expect(world.hosts.opened.get('https://evil.example/a.mp3')).toBeUndefined();
});

test('F13: a song that only a forged callback names is not fetched, and the record says why', async () => {
  const { post, run, track, made, audio, world } = scene({ policy });
  const genuine = track('a');
  made('task', [genuine]);

  await post(musicBody('complete', 'task', [genuine, track('smuggled')]));
  await run();

  expect(audio('task').map(({ trackId, state }) => [trackId, state])).toEqual([
    ['a', 'stored'],
    ['smuggled', 'failed'],
  ]);
  expect(audio('task')[1]?.attempts).toMatchObject([{ code: 'unconfirmed' }]);
  expect(world.hosts.opened.has('https://media.example/smuggled.mp3')).toBe(false);
});

test('F13: a task that the provider does not know is closed, and none of its links is ever followed', async () => {
  const { post, run, track, record, world, markers } = scene({ policy });

  await post(musicBody('complete', 'invented', [track('a')]));
  await run();

  expect(record('invented')).toMatchObject({ status: 'failed', dueAt: null });
  expect(world.hosts.opened.size).toBe(0);
  expect(markers()).toEqual([]);
});

describe('F59: where the provider cannot be asked', () => {
  test('for a while, the file is stored as soon as it can', async () => {
    const { post, run, track, made, record, ...rest } = scene({
      policy,
      trouble: () => (rest.clock.now().getTime() < start + day ? down : undefined),
    });
    made('task', [track('a')]);

    await post(musicBody('complete', 'task', [track('a')]));
    await run();

    expect(record('task')).toMatchObject({ status: 'archived', unconfirmed: null });
    expect(rest.clock.now().getTime()).toBeLessThan(start + 2 * day);
  });

  test('P9: until three days before the deadline, the callback’s links are used then, and the record says so', async () => {
    const { post, run, track, record, clock } = scene({ policy, trouble: () => down });

    await post(musicBody('complete', 'task', [track('a')]));
    await run();

    expect(record('task')).toMatchObject({
      status: 'archived',
      unconfirmed: 'the provider did not confirm in time: it answered 500',
    });
    expect(clock.now().getTime() - start).toBeGreaterThanOrEqual(11 * day);
    expect(clock.now().getTime() - start).toBeLessThan(11 * day + 5 * minute);
  });
});

test('lyrics and other texts need no confirmation', async () => {
  const { post, run, track, library } = scene({ policy, trouble: () => down });

  await post(musicBody('complete', 'task', [track('a')]));
  await run(start + minute);

  expect(library()).toEqual([expect.stringMatching(/\.txt$/)]);
});

test('F13: no fresh link is asked for by a stranger’s link, which would make what it names a confirmed one', async () => {
  const stranger = 'https://evil.example/a.mp3';
  const freshLinks = new Map([[stranger, 'https://evil.example/fresh.mp3']]);
  const { post, run, track, made, audio, world } = scene({ policy, freshLinks });
  const dead = track('a', { behaviour: answers('refused_address') });
  track('fresh', { audioUrl: 'https://evil.example/fresh.mp3' });
  made('task', [dead]);

  await post(musicBody('complete', 'task', [track('a', { audioUrl: stranger })]));
  await run();

  expect([...world.hosts.opened.keys()]).toEqual([dead.audioUrl]);
  expect(audio('task')).toMatchObject([{ state: 'failed' }]);
});
