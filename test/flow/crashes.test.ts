// A crash between any two writes of the receiver, the archiver and the sweeper, then the clock continues: always the
// same bucket.
import { expect, test } from 'vitest';
import { TransferError } from '../../functions/domain/errors.ts';
import { encodeMessage } from '../../functions/domain/message.ts';
import { scheduleKey } from '../../functions/domain/schedule.ts';
import { song } from '../doubles/sample-files.ts';
import { musicBody } from './world/bodies.ts';
import { answers } from './world/hosts.ts';
import { eventWrongs } from './world/outcome.ts';
import { day, expectedSong, hour, minute, scene } from './world/scenes.ts';
import { start, type World } from './world/world.ts';

/**
 * All that can happen to one task: it is announced, reported in stages, has a large file, a late one and a dead link.
 */
async function life(dies: (who: string) => number, then = async (_world: World) => {}) {
  const { track, made, world, ...rest } = scene({ diesAt: dies });
  const large = track('large', { file: song(9_000) });
  const late = track('late', { behaviour: answers('throttled', start + hour) });
  const dead = track('dead', { behaviour: answers('not_found') });
  const { audioUrl } = track('fresh', { file: song(1_600) });
  const tracks = [large, late, dead];
  made('task', [large, late, { ...dead, audioUrl }]);
  const post = async (body: object) => {
    while ((await world.post(body)) === undefined) {}
  };

  await world.announce([expectedSong('task')]);
  await post(
    musicBody(
      'text',
      'task',
      tracks.map((one) => ({ ...one, audioUrl: '' })),
    ),
  );
  await world.run(start + minute);
  await post(musicBody('first', 'task', [large, { ...late, audioUrl: '' }, { ...dead, audioUrl: '' }]));
  await post(musicBody('complete', 'task', tracks));
  await then(world);
  await world.run();
  return { world, ...rest };
}

/** The bucket, without the fields that only say when and how often something happened. */
function contents({ bucket, record }: World) {
  const others = bucket.keys().filter((key) => !key.startsWith('tasks/'));
  const { assets, inquiry: _, stages, tracks, ...task } = record('task');
  return {
    ...{ ...task, stages: stages.map(({ stage, code }) => ({ stage, code })) },
    tracks: tracks.map(({ seenAt: _, ...known }) => known),
    assets: assets.map(({ attempts: _, ...asset }) => asset),
    objects: others.map((key) => [key, bucket.objects.get(key)?.bytes.toString('base64')]),
    uploads: bucket.openUploads(),
  };
}

test('P3, P5: F50: a crash at any write of any function, while the clock continues, ends in the same bucket', async () => {
  const calm = await life(() => Infinity);
  const expected = contents(calm.world);
  expect(expected).toMatchObject({ status: 'archived', dueAt: null, uploads: [] });
  expect(calm.world.markers()).toEqual([]);
  const idsTold = ({ bus }: World) => [...new Set(bus.events.map(({ detail }) => detail.id))];
  expect(idsTold(calm.world)).toEqual(expected.announced);

  let crashes = 0;
  for (const who of ['receiver', 'archiver', 'sweeper']) {
    // For the first invocations of each function, and for each write of them.
    for (let nth = 1; nth <= 12; nth++) {
      for (let write = 1; write <= 40; write++) {
        let begun = 0;
        let hasDied = false;
        const { world } = await life((one) => {
          if (one !== who || ++begun !== nth) return Infinity;
          hasDied = true;
          return write;
        });
        if (world.count.died === 0) break;
        expect(hasDied).toBe(true);
        crashes++;
        expect({ at: `${who} ${nth}.${write}`, ...contents(world) }).toEqual({
          at: `${who} ${nth}.${write}`,
          ...expected,
        });
        expect(world.markers()).toEqual([]);
        expect(idsTold(world)).toEqual(expected.announced);
        expect(eventWrongs(world, world.records())).toEqual([]);
      }
    }
  }
  expect(crashes).toBeGreaterThan(60);
});

test('F02: a callback whose receiver crashed after queueing it is redelivered, and counts as one', async () => {
  const { world, post, run, track, library } = scene();
  const body = musicBody('complete', 'task', [track('a')]);

  await post(body);
  await post(body);
  await run();

  expect(library()).toHaveLength(2);
  expect(world.bucket.keys().filter((key) => key.startsWith('callbacks/'))).toHaveLength(1);
});

test('F03: the same callback a hundred times at once is one download and one object', async () => {
  const { world, post, run, track, library } = scene();
  const body = musicBody('complete', 'task', [track('a')]);

  await Promise.all(Array.from({ length: 100 }, () => post(body)));
  await run();

  expect(library()).toHaveLength(2);
  expect([...world.hosts.opened.values()]).toEqual([1]);
});

test.each(['the messages of the queues are lost', 'the stack is destroyed and deployed again with the old bucket'])(
  'P3: F55, F56: a task continues from its marker after %s',
  async () => {
    const lost = async ({ callbacks, wakes, run }: World) => {
      await run(start + 30 * minute);
      callbacks.clear();
      wakes.clear();
    };
    const { world } = await life(() => Infinity, lost);

    expect(world.record('task')).toMatchObject({ status: 'archived', dueAt: null });
    expect(world.markers()).toEqual([]);
  },
);

test('F55: a wake that is lost between the sweeper and the archiver is made up for', async () => {
  const { world, post, run, track, record, markers } = scene();
  await post(musicBody('complete', 'task', [track('a', { behaviour: answers('throttled', start + 30_000) })]));
  await run(start + 30_000);

  world.clock.advance(minute);
  await world.sweepOnce();
  world.wakes.clear();
  await run();

  expect(record('task').status).toBe('archived');
  expect(world.clock.now().getTime() - start).toBeLessThan(8 * hour);
  expect(markers()).toEqual([]);
});

test('F56: what was queued while no archiver ran for a day is processed', async () => {
  const { world, post, run, track, record } = scene();
  await post(musicBody('complete', 'task', [track('a')]));

  world.clock.advance(day);
  await run();

  expect(record('task').status).toBe('archived');
});

test('F56: a record and a message of the version before are worked off', async () => {
  const { world, post, run, track, record } = scene();
  await post(musicBody('complete', 'task', [track('a', { behaviour: answers('throttled', start + hour) })]));
  await run(start + minute);
  const { dueAt: _, inquiry: __, unconfirmed: ___, ...before } = record('task');
  const assets = before.assets.map(({ wantsLinks: _, ...asset }) => asset);
  await world.bucket.write('tasks/task.json', JSON.stringify({ ...before, assets }), {
    contentType: 'application/json',
  });
  world.schedule.remove(await world.schedule.due(new Date(8e15)));

  // Meanwhile the message waits in the queue.
  await post(musicBody('complete', 'task', [track('a')]));
  await run();

  expect(record('task')).toMatchObject({ status: 'archived', dueAt: null });
});

test('F54: a task that is tried for two weeks never sends a message to its own queue', async () => {
  const { world, post, run, track, count } = scene({ hasKey: false });
  await post(musicBody('complete', 'task', [track('a', { behaviour: answers('throttled') })]));

  await run();

  expect(count.archived).toBeGreaterThan(30);
  expect(world.callbacks.sent()).toBe(1);
});

test('F51: a file that takes longer than an invocation continues in the next, woken at once, and that is no failed attempt', async () => {
  const file = song(20_000);
  let served = 0;
  // Each invocation transfers a few more parts.
  const { post, run, track, record, audio, world } = scene({
    diesAt: () => Infinity,
  });
  const behaviour = () => {
    served++;
    return served % 6 === 0 ? new TransferError('unfinished', 'the time limit was reached') : undefined;
  };
  await post(musicBody('complete', 'task', [track('a', { file, behaviour })]));
  await run();

  expect(record('task').status).toBe('archived');
  expect(audio('task')[0]?.attempts).toEqual([]);
  expect(world.clock.now().getTime() - start).toBeLessThan(10 * minute);
});

test('P3: F53: a bucket that refuses everything for three days loses nothing, and no message dies', async () => {
  const until = start + 3 * day;
  const refuses = async () => {
    throw new (await import('../../functions/domain/errors.ts')).UnavailableError('S3 answered 403 AccessDenied');
  };
  const made = scene({
    bucketCalls: (inner) => {
      const isDown = made.clock.now().getTime() < until;
      return isDown ? { read: refuses, write: refuses } : inner;
    },
  });

  await made.post(musicBody('complete', 'task', [made.track('a')]));
  await made.announce([expectedSong('other')]);
  made.made('other', [made.track('b')]);
  await made.run();

  expect(made.record('task').status).toBe('archived');
  expect(made.record('other').status).toBe('archived');
  expect(made.callbacks.deadLetters).toEqual([]);
});

test('an event that a crash kept from being noted is sent again under the same id', async () => {
  const told = new Set<number>();
  for (let write = 1; write <= 20; write++) {
    let invocations = 0;
    // The first invocation keeps the callback, the second one stores the song and publishes.
    const diesAt = (who: string) => {
      if (who === 'archiver') invocations++;
      return who === 'archiver' && invocations === 2 ? write : Infinity;
    };
    const { world, post, run, track } = scene({ diesAt });
    await post(musicBody('complete', 'task', [track('a')]));
    await run();

    const ids = world.bus.events.map(({ detail }) => detail.id);
    expect(world.record('task').announced).toEqual([...new Set(ids)]);
    expect(world.bus.events.map(({ type }) => type)).toEqual(expect.arrayContaining(['MediaReady', 'TaskArchived']));
    told.add(ids.length);
  }

  expect([...told].sort()).toEqual([2, 3, 4]);
});

test('P3: a bus that is down for three days costs no attempt, delays no file, and gets the final event of every task', async () => {
  const until = start + 3 * day;
  const made = scene({ hasKey: false, isBusDown: () => made.clock.now().getTime() < until });

  await made.post(musicBody('complete', 'done', [made.track('a')]));
  await made.post(musicBody('complete', 'late', [made.track('b', { behaviour: answers('throttled', start + hour) })]));
  await made.post(musicBody('error', 'refused', [], 400));
  await made.run(start + day);

  expect(['done', 'late', 'refused'].map((task) => made.record(task).status)).toEqual([
    'archived',
    'archived',
    'failed',
  ]);
  expect(made.audio('done')).toMatchObject([{ attempts: [] }]);
  expect(made.bus.events).toEqual([]);
  await made.run();
  expect(eventWrongs(made, made.world.records())).toEqual([]);
  expect(made.bus.events).toHaveLength(5);
  expect(made.callbacks.deadLetters).toEqual([]);
  expect(made.markers()).toEqual([]);
});

test('P9: a bus that is down does not delay the next attempt of a file at risk', async () => {
  const made = scene({ hasKey: false, isBusDown: () => true });

  await made.post(
    musicBody('complete', 'task', [made.track('a', { behaviour: answers('throttled', start + 13 * day) })]),
  );
  await made.run(start + 11 * day + minute);

  expect(made.logged('archiver.unavailable').length).toBeGreaterThan(0);
  const { dueAt } = made.record('task');
  expect(made.markers()).toContain(scheduleKey({ dueAt: dueAt ?? '', task: 'task' }));
  await made.run(start + 14 * day);
  expect(made.record('task').status).toBe('archived');
});

test('a retry makes what was lost open again, and twice in a row changes nothing', async () => {
  const { world, post, run, track, record, audio } = scene({ hasKey: false });
  await post(musicBody('complete', 'task', [track('a', { behaviour: answers('not_found', start + 16 * day) })]));
  await run();
  expect(record('task').status).toBe('failed');

  const retry = () =>
    world.callbacks.send(encodeMessage({ type: 'retry', task: 'task' }), { signal: AbortSignal.timeout(9e6) });
  world.clock.set(start + 20 * day);
  await retry();
  await run();
  expect(audio('task')).toMatchObject([{ state: 'stored' }]);
  const before = world.bucket.objects.get('tasks/task.json');

  await retry();
  await run();

  expect(world.bucket.objects.get('tasks/task.json')).toEqual(before);
});

test('a retry of a task that was closed as missing asks the provider once more, also after its deadline', async () => {
  const { world, announce, run, track, made, record, provider } = scene();
  provider.add({ taskId: 'task', provider: 'sunoapi.org', kind: 'music', createdAt: start, stages: [] });
  await announce([expectedSong('task')]);
  await run();
  expect(record('task')).toMatchObject({ failure: { outcome: 'missing' } });

  made('task', [track('a')]);
  await world.callbacks.send(encodeMessage({ type: 'retry', task: 'task' }), { signal: AbortSignal.timeout(9e6) });
  await run();

  expect(record('task')).toMatchObject({ status: 'archived', dueAt: null });
});
