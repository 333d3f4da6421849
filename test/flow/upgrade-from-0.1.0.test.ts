// An update from version 0.1.0: its records, markers and messages are continued by the code of today.
// How the fixtures were made: test/fixtures/version-0.1.0/README.md.
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { crc32 } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { type TaskRecord, taskRecord } from '../../functions/domain/record.ts';
import { song, unrecognizedFile } from '../doubles/sample-files.ts';
import { musicBody } from './world/bodies.ts';
import { answers, serves } from './world/hosts.ts';
import { hour, minute, scene } from './world/scenes.ts';
import { start } from './world/world.ts';

const folder = join(import.meta.dirname, '../fixtures/version-0.1.0');
/** The songs that were stored are short; the callbacks of that time said 10 s, which is suspect today. */
const withTrueLengths = (text: string) =>
  text
    .replaceAll(/(?<lead>duration(?:Seconds)?\\*":\s*)10\b/g, '$<lead>1')
    .replaceAll(/"suspect": "[^"]*"/g, '"suspect": null');
const textsIn = (name: string): Record<string, string> =>
  JSON.parse(withTrueLengths(readFileSync(join(folder, name), 'utf8')));
const objects = textsIn('objects.json');
const messages = textsIn('messages.json');
const tasks = readdirSync(join(folder, 'tasks')).map((name) => basename(name, '.json'));
const textOf = (taskId: string) => withTrueLengths(readFileSync(join(folder, 'tasks', `${taskId}.json`), 'utf8'));

const markerOf: Record<string, string> = {
  announced: 'schedule/20261102T000000Z/announced',
  'first-lost': 'schedule/20261102T000000Z/first-lost',
  progress: 'schedule/20261101T162842Z/progress',
  throttled: 'schedule/20261101T162736Z/throttled',
  waiting: 'schedule/20261102T000000Z/waiting',
};

const shortSong = song(1_500);
const longSong = song(9_000);

const audioOf = (record: TaskRecord) => record.assets.find(({ kind }) => kind === 'audio');

/** The bucket as version 0.1.0 left it after nine and a half hours. From now on every host serves its file. */
async function updated() {
  const one = scene({ hasKey: false, partBytes: 1_000 });
  const { bucket, callbacks, clock, hosts } = one.world;
  for (const letter of ['a', 'b', 'd', 'e', 'f', 'g']) {
    hosts.put(`https://media.example/${letter}.mp3`, { file: shortSong, behaviour: serves });
  }
  hosts.put('https://media.example/c.mp3', { file: longSong, behaviour: serves });
  hosts.put('https://media.example/e.mp3', { file: shortSong, behaviour: answers('refused_address') });

  for (const [key, text] of Object.entries(objects)) await bucket.write(key, text, { contentType: 'application/json' });
  for (const taskId of tasks) {
    const text = taskId === 'progress' ? await withUpload(textOf(taskId)) : textOf(taskId);
    await bucket.write(`tasks/${taskId}.json`, text, { contentType: 'application/json' });
    for (const { kind, key, contentType } of taskRecord.parse(JSON.parse(text)).assets) {
      if (key === null) continue;
      const media = key.startsWith('quarantine/') ? unrecognizedFile() : shortSong;
      const stored = kind === 'audio' ? media : `words of ${basename(key).slice(0, 6).replace('-', ' ')}`;
      await bucket.write(key, stored, { contentType: contentType ?? 'text/plain', metadata: { taskid: taskId } });
    }
  }
  clock.set(start + 9.5 * hour);

  /** Uploads the four parts that had arrived. Only this bucket knows the id of the upload. */
  async function withUpload(text: string): Promise<string> {
    const progress = audioOf(taskRecord.parse(JSON.parse(text)))?.progress;
    if (progress?.uploadId == null) throw new Error('the record has no upload');
    const { key, contentType, checkedParts, partBytes } = progress;
    const id = await bucket.startUpload(key, { contentType, metadata: { taskid: 'progress' } });
    for (let number = 1; number <= checkedParts; number++) {
      const part = longSong.subarray((number - 1) * partBytes, number * partBytes);
      await bucket.upload(key, id).part(number, part, crc32(part));
    }
    return text.replace(progress.uploadId, id);
  }

  const sent = async (name: string) => {
    await callbacks.send(messages[name] ?? '', { signal: new AbortController().signal });
  };
  return { ...one, sent, opened: hosts.opened };
}

test.each(tasks)('the record "%s" is read as it was written', (taskId) => {
  // The number of renewed links is not counted any more.
  const old = JSON.parse(textOf(taskId), (name, value) => (name === 'refreshes' ? undefined : value));

  expect(taskRecord.parse(old)).toMatchObject(old);
});

test('there is a marker for each task that was not finished', () => {
  const markers = Object.keys(objects).filter((key) => key.startsWith('schedule/'));

  expect(markers.sort()).toEqual(Object.values(markerOf).sort());
});

test('P3: every message of version 0.1.0 is understood, and none becomes a dead letter', async () => {
  const { sent, run, world, record, logged } = await updated();

  for (const name of Object.keys(messages)) await sent(name);
  await run(start + 15 * hour);

  expect(world.callbacks.deadLetters).toEqual([]);
  expect(logged('archiver.failed')).toEqual([]);
  expect(record('from-queue')).toMatchObject({ status: 'archived', labels: { project: 'demo' } });
  expect(record('announced-from-queue')).toMatchObject({ status: 'waiting', provider: 'sunoapi.org' });
});

describe('P8: tasks that were not finished', () => {
  test('a file that was waiting for its next attempt is downloaded when its marker is due', async () => {
    const { run, record, markers, opened } = await updated();

    await run(start + 17 * hour);

    expect(record('throttled')).toMatchObject({ status: 'archived', dueAt: null });
    expect(opened.get('https://media.example/b.mp3')).toBe(1);
    expect(markers()).not.toContain(markerOf.throttled);
  });

  test.each(['marker', 'message'])(
    'a large file is resumed after the parts that had arrived: by its %s',
    async (by) => {
      const { sent, run, record, world, logged } = await updated();

      if (by === 'message') await sent('wakeProgress');
      await run(start + 17 * hour);

      const asset = audioOf(record('progress'));
      expect(asset).toMatchObject({ state: 'stored', bytes: 9_000, progress: null });
      expect(world.bucket.objects.get(asset?.key ?? '')?.bytes.equals(longSong)).toBe(true);
      expect(logged('transfer.resumed').map(({ fields }) => fields?.parts)).toEqual([4]);
      expect(world.bucket.openUploads()).toEqual([]);
    },
  );

  test('a task that waits for its final callback is archived by it', async () => {
    const { post, track, run, record, opened } = await updated();

    await post(musicBody('complete', 'waiting', [track('d')]));
    await run(start + 10 * hour);

    expect(record('waiting')).toMatchObject({ status: 'archived', dueAt: null });
    expect(record('waiting').firstSeenAt).toBe(new Date(start).toISOString());
    expect([...opened.keys()]).not.toContain('https://media.example/d.mp3');
  });

  test('a file that was waiting for its next attempt is downloaded when a message wakes its task', async () => {
    const { sent, run, record, opened } = await updated();

    await sent('wake');
    await run(start + 9.5 * hour + minute);

    expect(record('throttled')).toMatchObject({ status: 'archived', dueAt: null });
    expect(opened.get('https://media.example/b.mp3')).toBe(1);
  });

  test('C8: a task that was called failed too early is waiting again after its marker woke it', async () => {
    const { run, record } = await updated();
    expect(record('first-lost').status).toBe('failed');

    await run(start + 24 * hour + 10 * minute);

    expect(record('first-lost')).toMatchObject({ status: 'waiting', failure: null });
  });

  test('C8: a task that was called failed too early is archived when its final callback brings a good link', async () => {
    const { post, track, run, record } = await updated();

    await post(musicBody('complete', 'first-lost', [track('e', { audioUrl: 'https://media.example/g.mp3' })]));
    await run(start + 10 * hour);

    expect(record('first-lost')).toMatchObject({ status: 'archived', failure: null });
  });

  test('every one of them has ended by its deadline, and no marker is left', async () => {
    const { run, record, markers } = await updated();

    await run();

    expect(Object.fromEntries(tasks.map((taskId) => [taskId, record(taskId).status]))).toEqual({
      announced: 'failed',
      archived: 'archived',
      failed: 'failed',
      'first-lost': 'failed',
      progress: 'archived',
      quarantined: 'failed',
      throttled: 'archived',
      waiting: 'failed',
    });
    expect(markers()).toEqual([]);
  });
});

describe('P5: tasks that were finished', () => {
  test.each(['archived', 'failed', 'quarantined'])('"%s" stays as it is while time passes', async (taskId) => {
    const { run, record } = await updated();
    const before = record(taskId);

    await run();

    expect(record(taskId)).toEqual(before);
  });

  test('a file in quarantine is downloaded again by a retry', async () => {
    const { sent, run, record } = await updated();

    await sent('retry');
    await run(start + 10 * hour);

    expect(record('quarantined')).toMatchObject({ status: 'archived', failure: null });
  });

  test('an archived file that an audit found damaged is downloaded again', async () => {
    const { sent, run, record, opened } = await updated();

    await sent('damaged');
    await run(start + 10 * hour);

    expect(record('archived')).toMatchObject({ status: 'archived' });
    expect(opened.get('https://media.example/a.mp3')).toBe(1);
    expect(audioOf(record('archived'))).toMatchObject({ state: 'stored', bytes: 1_500 });
  });

  test('a callback that is delivered again changes nothing', async () => {
    const { post, run, record, opened } = await updated();
    const body = objects['callbacks/archived/complete-1344dc90.json'] ?? '';
    const before = record('archived');

    await post(body, { project: 'demo' });
    await run(start + 9.5 * hour + minute);

    expect(record('archived')).toEqual(before);
    expect([...opened.keys()]).not.toContain('https://media.example/a.mp3');
  });
});
