// The Schedule port: the adapter over the local S3 and the double in memory keep the same rules.
import { DeleteObjectCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { functionVariables } from '../../client/target/local-aws.ts';
import { createCallAws, createS3Client } from '../../functions/adapters/aws/clients.ts';
import { createS3Schedule } from '../../functions/adapters/s3/s3-schedule.ts';
import { type Marker, markerTime } from '../../functions/domain/schedule.ts';
import type { Schedule } from '../../functions/ports.ts';
import { inMemoryBucket } from '../doubles/in-memory-bucket.ts';
import { inMemorySchedule } from '../doubles/in-memory-schedule.ts';
import { Bucket, type LocalS3, startLocalS3 } from './local-s3.ts';

type World = { schedule: Schedule; put: (key: string) => Promise<unknown>; keys: () => Promise<string[]> };

const noon = Date.parse('2026-11-20T12:00:00Z');
const at = (seconds: number, task = 'task'): Marker => ({ dueAt: markerTime(noon + seconds * 1000), task });
const until = (seconds: number) => new Date(noon + seconds * 1000);
const late = until(1_000_000);
const never = new AbortController().signal;

let s3: LocalS3;
beforeAll(async () => {
  s3 = await startLocalS3();
});
afterAll(() => s3.stop());

async function overS3(): Promise<World> {
  const schedule = createS3Schedule(
    Bucket,
    createCallAws(
      createS3Client(functionVariables('sweeper', { s3: s3.url, sqs: s3.url, secrets: s3.url, events: s3.url })),
    ),
  );
  const keys = async () => {
    const { Contents = [] } = await s3.client.send(new ListObjectsV2Command({ Bucket, Prefix: 'schedule/' }));
    return Contents.map(({ Key = '' }) => Key);
  };
  for (let left = await keys(); left.length > 0; left = await keys()) {
    await Promise.all(left.map((Key) => s3.client.send(new DeleteObjectCommand({ Bucket, Key }))));
  }
  return { schedule, put: (key) => s3.put(key, Buffer.alloc(0)), keys };
}

async function inMemory(): Promise<World> {
  const bucket = inMemoryBucket();
  return {
    schedule: inMemorySchedule(bucket),
    put: (key) => bucket.write(key, '', { contentType: 'text/plain' }),
    keys: async () => bucket.keys(),
  };
}

const worlds: [string, () => Promise<World>][] = [
  ['the adapter over S3', overS3],
  ['the double in memory', inMemory],
];

describe.each(worlds)('%s', (_, open) => {
  let world: World;
  beforeEach(async () => {
    world = await open();
  });

  test('has nothing due where there is no marker', async () => {
    expect(await world.schedule.due(late)).toEqual([]);
  });

  test('keeps a marker as an empty object of its name, once however often it is put', async () => {
    await world.schedule.put(at(0, 'a.b_c-D'));
    await world.schedule.put(at(0, 'a.b_c-D'));

    expect(await world.schedule.due(late)).toEqual([at(0, 'a.b_c-D')]);
    expect(await world.keys()).toEqual(['schedule/20261120T120000Z/a.b_c-D']);
  });

  test('names what is due until then, that second included, and nothing later', async () => {
    for (const seconds of [0, 59, 60, 61]) await world.schedule.put(at(seconds, 'zz'));

    expect(await world.schedule.due(until(60))).toEqual([at(0, 'zz'), at(59, 'zz'), at(60, 'zz')]);
    expect(await world.schedule.due(until(60.999))).toHaveLength(3);
    expect(await world.schedule.due(until(59.999))).toHaveLength(2);
  });

  test('names the earliest first', async () => {
    const markers = [at(86_400, 'a'), at(2, 'b'), at(-5, 'c'), at(2, 'a')];
    for (const marker of markers) await world.schedule.put(marker);

    expect(await world.schedule.due(late)).toEqual([at(-5, 'c'), at(2, 'a'), at(2, 'b'), at(86_400, 'a')]);
  });

  test('continues behind any marker, also one that is gone', async () => {
    for (const seconds of [1, 2, 3]) await world.schedule.put(at(seconds));

    await world.schedule.remove([at(2)]);

    expect(await world.schedule.due(late, at(2))).toEqual([at(3)]);
    expect(await world.schedule.due(late, at(3))).toEqual([]);
  });

  test('removes those that are named and no others, also where some are gone already', async () => {
    const markers = Array.from({ length: 30 }, (_, index) => at(index));
    for (const marker of markers) await world.schedule.put(marker);

    await world.schedule.remove([...markers.slice(0, 29), at(1_000)]);
    await world.schedule.remove(markers.slice(0, 2));
    await world.schedule.remove([]);

    expect(await world.schedule.due(late)).toEqual([at(29)]);
  });

  test('passes over what is no marker', async () => {
    const junk = ['schedule/.hidden', 'schedule/20261120T120001Z/a b', 'schedule/20261399T000000Z/a', 'schedule/ü&<x>'];
    // Of these dates there are none: what they are read as has another name.
    const noDates = ['schedule/20260231T000000Z/a', 'schedule/20261119T240000Z/a'];
    for (const key of [...junk, ...noDates, 'scheduled', 'schedule/zzz/a']) await world.put(key);
    await world.schedule.put(at(2));

    expect(await world.schedule.due(late)).toEqual([at(2)]);
  });

  test('counts a task once, however many markers it has, and nothing that is no marker', async () => {
    expect(await world.schedule.countTasks({ stopping: never })).toBe(0);
    for (const marker of [at(-5, 'a'), at(86_400, 'a'), at(0, 'b'), at(0, 'B')]) await world.schedule.put(marker);
    for (const key of ['schedule/.hidden', 'schedule/20260231T000000Z/c', 'scheduled']) await world.put(key);

    expect(await world.schedule.countTasks({ stopping: never })).toBe(3);
  });

  test('counts more tasks than one answer names', async () => {
    const markers = Array.from({ length: 1_002 }, (_, index) => at(index, `task-${index % 1_001}`));
    for (let from = 0; from < markers.length; from += 50) {
      await Promise.all(markers.slice(from, from + 50).map((marker) => world.schedule.put(marker)));
    }

    expect(await world.schedule.countTasks({ stopping: never })).toBe(1_001);
  });

  test('counts no more once it is to stop', async () => {
    await expect(world.schedule.countTasks({ stopping: AbortSignal.abort() })).rejects.toThrow('aborted');
  });

  test('answers a thousand at once, and the next ones behind those', async () => {
    const markers = Array.from({ length: 1_005 }, (_, index) => at(index, `task-${index % 7}`));
    await Promise.all(markers.map((marker) => world.schedule.put(marker)));

    const first = await world.schedule.due(late);
    const rest = await world.schedule.due(late, first.at(-1));

    expect(first).toHaveLength(1_000);
    expect([...first, ...rest]).toEqual(markers);
    await world.schedule.remove(first);
    expect(await world.schedule.due(late)).toEqual(rest);
  });
});

test('whatever is put and removed, the double answers as the adapter over S3', async () => {
  const marker = fc.record({ seconds: fc.nat(5), task: fc.constantFrom('a', 'b', 'B', '-', '.x', '_') });
  const step = fc.oneof(
    fc.record({ put: marker }),
    fc.record({ remove: fc.array(marker, { maxLength: 3 }) }),
    fc.record({ due: fc.nat(6), after: fc.option(marker, { nil: undefined }) }),
  );
  const markerAt = ({ seconds, task }: { seconds: number; task: string }) => at(seconds, task);

  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 20 }), async (steps) => {
      const [real, double] = [await overS3(), await inMemory()];
      const run = async ({ schedule }: World, asked: (typeof steps)[number]) => {
        if ('put' in asked) return schedule.put(markerAt(asked.put));
        if ('remove' in asked) return schedule.remove(asked.remove.map(markerAt));
        return schedule.due(until(asked.due), asked.after && markerAt(asked.after));
      };
      for (const asked of steps) expect(await run(double, asked)).toEqual(await run(real, asked));
      expect(await double.keys()).toEqual(await real.keys());
    }),
    { numRuns: 30 },
  );
});
