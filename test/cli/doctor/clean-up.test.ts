// What the doctor takes away, in the bucket of someone's music.
import { expect, test } from 'vitest';
import { cleanUp } from '../../../cli/doctor/clean-up.ts';
import { doctorLimits } from '../../../cli/doctor/finding.ts';
import { recordKey } from '../../../functions/domain/object-key.ts';
import type { TaskRecord } from '../../../functions/domain/record.ts';
import { recordOf } from '../records.ts';

const taskId = 'doctor-20261121T120000Z-0123456789ab';
const folder = `library/2026-11/2026-11-21_Doctor_${taskId}`;

/** `owners`: keys, and of which task each object says that it is. `onWait`: what happens between two looks. */
function scene(owners: Record<string, string | undefined>, onWait = (_look: number) => {}) {
  const objects = new Map<string, { owner: string | undefined; bytes: Buffer }>();
  const put = (key: string, owner?: string, text = '') => objects.set(key, { owner, bytes: Buffer.from(text) });
  for (const [key, owner] of Object.entries(owners)) put(key, owner);
  const putRecord = (more: Partial<TaskRecord> = {}) =>
    put(recordKey(taskId), undefined, JSON.stringify(recordOf({ taskId, folder, ...more })));
  const removed: string[] = [];
  const waits: number[] = [];
  const bucket = {
    async *list(prefix: string) {
      yield* [...objects.keys()].filter((key) => key.startsWith(prefix));
    },
    async read(key: string) {
      const found = objects.get(key);
      return found && { bytes: found.bytes, contentType: 'application/json' };
    },
    ownerOf: async (key: string) => objects.get(key)?.owner,
    async remove(key: string) {
      removed.push(key);
      objects.delete(key);
      return false;
    },
  };
  const wait = async (ms: number) => {
    waits.push(ms);
    onWait(waits.length);
  };
  const clean = (more: Partial<typeof bucket> = {}, isUnderWay = false) => {
    const none = () => Promise.reject(new Error('nothing is sent here'));
    const task = { taskId, accepted: none, kept: none, archived: none, repeated: none, isUnderWay: () => isUnderWay };
    return cleanUp(task, { bucket: { ...bucket, ...more }, wait });
  };
  return { objects, put, putRecord, removed, waits, clean, bucket };
}

const ofTheTask = [
  `incoming/${taskId}/song.mp3`,
  `callbacks/${taskId}/complete-1.json`,
  `answers/${taskId}/complete-1.json`,
  `quarantine/${taskId}/Doctor.mp3`,
];

test('what belongs to the test task is deleted from every folder, its record last', async () => {
  const { objects, putRecord, removed, clean } = scene({
    ...Object.fromEntries(ofTheTask.map((key) => [key, undefined])),
    [`${folder}/Doctor.mp3`]: taskId,
    [`schedule/20261121T120000Z/${taskId}`]: undefined,
  });
  putRecord();

  expect(await clean()).toEqual({
    outcome: 'proved',
    detail: 'Nothing of the test task is left. Objects removed: 7.',
  });
  expect([...objects.keys()]).toEqual([]);
  expect(removed.at(-1)).toBe(recordKey(taskId));
});

test('P10: what only resembles it stays', async () => {
  const theirs = {
    [`${recordKey(taskId)}.bak`]: undefined,
    [`${folder}/Theirs.mp3`]: 'theirs',
    [`${folder}/Nobody's.mp3`]: undefined,
    // The record does not name its folder.
    [`${folder}2/Doctor.mp3`]: taskId,
    [`incoming/${taskId}0/song.mp3`]: undefined,
    [`schedule/20261121T120000Z/${taskId}0`]: undefined,
  };
  const { objects, putRecord, clean } = scene(theirs);
  putRecord();

  await clean();

  expect([...objects.keys()].sort()).toEqual(Object.keys(theirs).sort());
});

test('P10: a record that names a folder outside of the library leads nowhere', async () => {
  for (const elsewhere of ['', 'tasks', 'backups', 'library2', 'librarything/x']) {
    const { objects, putRecord, clean } = scene({ [`${elsewhere}/theirs.mp3`]: taskId });
    putRecord({ folder: elsewhere });

    await clean();

    expect([...objects.keys()]).toEqual([`${elsewhere}/theirs.mp3`]);
  }
});

test('P10: the record of another task in its place leads nowhere', async () => {
  const { objects, putRecord, clean } = scene({ [`${folder}/Doctor.mp3`]: taskId });
  putRecord({ taskId: 'theirs' });

  await clean();

  expect([...objects.keys()]).toEqual([`${folder}/Doctor.mp3`]);
});

test('what comes after a first look that found nothing is found by the second, a second later', async () => {
  const late = `callbacks/${taskId}/complete-1.json`;
  const { objects, put, clean, waits } = scene({}, (look) => void (look === 1 && put(late)));

  expect(await clean()).toMatchObject({ outcome: 'proved', detail: expect.stringContaining('Objects removed: 1.') });
  expect([...objects.keys()]).toEqual([]);
  expect(waits).toEqual([doctorLimits.secondLookMs, doctorLimits.secondLookMs]);
});

test('what comes again with every look ends after five of them, in less than the time there is', async () => {
  const again = `answers/${taskId}/complete-1.json`;
  const { put, clean, waits } = scene({ [again]: undefined }, () => void put(again));

  expect(await clean()).toMatchObject({ outcome: 'failed', detail: `${again} kept coming back.` });
  expect(waits).toHaveLength(5);
  expect(waits.length * doctorLimits.secondLookMs).toBeLessThan(doctorLimits.cleanUpMs);
});

test('it says how many of the objects a versioned bucket keeps, and nothing of it where it keeps none', async () => {
  const { clean, bucket } = scene(Object.fromEntries(ofTheTask.map((key) => [key, undefined])));

  const { detail } = await clean({
    remove: async (key) => {
      await bucket.remove(key);
      return key.startsWith('incoming/');
    },
  });

  expect(detail).toContain('Objects removed: 4. The bucket keeps 1 of them as old versions.');
});
