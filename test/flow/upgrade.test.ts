// An update from a version without a schedule: a file that was due later was only in the queue, and nothing would
// wake a task that waited for its final callback. How the fixtures were made:
// test/fixtures/previous-version/README.md.
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { crc32 } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { parseCallback } from '../../functions/domain/callback/parse.ts';
import { decodeMessage, encodeCallback, encodeMessage } from '../../functions/domain/message.ts';
import { callbackKey } from '../../functions/domain/object-key.ts';
import { taskRecord } from '../../functions/domain/record.ts';
import { picture, song, unrecognizedFile } from '../doubles/sample-files.ts';
import { musicBody } from './world/bodies.ts';
import { answers, serves } from './world/hosts.ts';
import { day, hour, minute, scene } from './world/scenes.ts';
import { start } from './world/world.ts';

const folder = join(import.meta.dirname, '../fixtures/previous-version');
/** The songs that were stored are short; the callbacks of that time said 10 s, which is suspect today. */
const withTrueLengths = (text: string) =>
  text
    .replaceAll(/(?<lead>duration(?:Seconds)?\\*":\s*)10\b/g, '$<lead>1')
    .replaceAll(/"suspect": "[^"]*"/g, '"suspect": null');
const messages: Record<string, string> = JSON.parse(
  withTrueLengths(readFileSync(join(folder, 'messages.json'), 'utf8')),
);
const tasks = readdirSync(join(folder, 'tasks')).map((name) => basename(name, '.json'));
const textOf = (taskId: string) => withTrueLengths(readFileSync(join(folder, 'tasks', `${taskId}.json`), 'utf8'));
const signal = new AbortController().signal;

const files: Record<string, Buffer> = {
  'a.mp3': song(1_500),
  'b.mp3': song(1_600),
  'cover.jpeg': picture(),
  'large.mp3': song(9_000),
  'late.mp3': song(1_700),
  'riddle.mp3': song(1_800),
};
const large = files['large.mp3'] ?? Buffer.alloc(0);

/** The bucket as that version left it, an hour ago. By now every host serves, and the file in quarantine is a song. */
async function updated(options: Parameters<typeof scene>[0] = {}) {
  const one = scene({ hasKey: false, ...options });
  const { bucket, callbacks, clock } = one.world;
  for (const [name, file] of Object.entries(files)) {
    one.world.hosts.put(`https://media.example/${name}`, { file, behaviour: serves });
  }
  for (const taskId of tasks) {
    const text = taskId === 'progress' ? await withUpload(textOf(taskId)) : textOf(taskId);
    await bucket.write(`tasks/${taskId}.json`, text, { contentType: 'application/json' });
    for (const { kind, key, sources } of taskRecord.parse(JSON.parse(text)).assets) {
      if (key === null) continue;
      const name = basename(sources[0]?.url ?? '');
      const stored = key.startsWith('quarantine/') ? unrecognizedFile() : (files[name] ?? `words of ${letterOf(key)}`);
      await bucket.write(key, stored, { contentType: kind, metadata: { taskid: taskId } });
    }
    const { body } = callbackOf(taskId);
    const parsed = parseCallback(body);
    const stage = 'callback' in parsed ? parsed.callback.stage : 'error';
    await bucket.write(callbackKey(taskId, stage, body), body, { contentType: 'application/json' });
  }
  clock.set(start + hour);

  /** Uploads the four parts that had arrived. Only this bucket knows the id of the upload. */
  async function withUpload(text: string): Promise<string> {
    const progress = taskRecord.parse(JSON.parse(text)).assets.find((asset) => asset.progress !== null)?.progress;
    if (progress?.uploadId == null) throw new Error('nothing is on its way');
    const id = await bucket.startUpload(progress.key, {
      contentType: progress.contentType,
      metadata: { taskid: 'progress' },
    });
    for (let number = 1; number <= progress.checkedParts; number++) {
      const part = large.subarray((number - 1) * progress.partBytes, number * progress.partBytes);
      await bucket.upload(progress.key, id).part(number, part, crc32(part));
    }
    return text.replace(progress.uploadId, id);
  }

  return {
    ...one,
    /** Everything in the bucket, without the times of access. */
    contents: () => [...bucket.objects].map(([key, { etag }]) => [key, etag]).sort(),
    fromQueue: async (taskId: string) => await callbacks.send(messages[taskId] ?? '', { signal }),
    /**
     * As `trackkeeper replay` sends a stored callback. That version stored no time with it, so the object's time is
     * used.
     */
    async replay(taskId: string) {
      const { body, labels } = callbackOf(taskId);
      const receivedAt = new Date(start + minute).toISOString();
      await callbacks.send(encodeCallback({ body, labels, receivedAt }) ?? '', { signal });
    },
    retry: async (task: string) => await callbacks.send(encodeMessage({ type: 'retry', task }), { signal }),
  };
}

const letterOf = (key: string) => /Song-(\w)/.exec(key)?.[1];

function callbackOf(taskId: string) {
  const message = decodeMessage(messages[taskId] ?? '');
  if (message?.type !== 'callback') throw new Error(`the message of ${taskId} is not read any more`);
  return message;
}

test.each(tasks)('a record that is %s keeps its values, and new fields have their defaults', (taskId) => {
  const old = JSON.parse(textOf(taskId));
  const read = taskRecord.parse(old);

  expect(read).toMatchObject(old);
  expect(read).toMatchObject({ dueAt: null, unconfirmed: null, inquiry: { asked: 0, stage: null } });
  for (const asset of read.assets) expect(asset).toMatchObject({ wantsLinks: false, damagedAt: null });
});

test('a compressed message arrives byte for byte as it was sent', () => {
  expect(callbackOf('gzip').body).toEqual(Buffer.from([0xff, 0xfe, 0x7b]));
});

test('P3: F50: all messages that were left in the queue, and nothing is lost', async () => {
  const { fromQueue, run, world, record, markers, logged } = await updated();

  for (const taskId of tasks) await fromQueue(taskId);
  await run(start + 2 * hour);

  expect(Object.fromEntries(tasks.map((taskId) => [taskId, record(taskId).status]))).toEqual({
    archived: 'archived',
    archiving: 'archived',
    failed: 'failed',
    progress: 'archived',
    quarantined: 'failed',
    waiting: 'waiting',
  });
  expect(record('waiting').dueAt).toBe('2026-11-02T00:00:00.000Z');
  expect(markers()).toEqual(['schedule/20261102T000000Z/waiting']);
  expect(world.callbacks.deadLetters).toEqual([]);
  expect(logged('archiver.failed')).toEqual([]);
});

describe('P5: what is at rest stays as it is', () => {
  test.each(['archived', 'failed', 'quarantined'])('a task that is %s, reported and retried', async (taskId) => {
    const { fromQueue, replay, run, record, contents, world } = await updated();
    const files = contents().filter(([key = '']) => !key.startsWith('tasks/'));

    await fromQueue(taskId);
    await run(start + 2 * hour);
    const after = contents();
    const old = JSON.parse(textOf(taskId));
    // The advice names commands that did not exist then.
    const failure = old.failure && { ...old.failure, advice: expect.any(String) };
    expect(record(taskId)).toMatchObject({ ...old, failure });
    expect(record(taskId).dueAt).toBeNull();
    expect(after.filter(([key = '']) => !key.startsWith('tasks/'))).toEqual(files);

    // The first time, the record got the new fields; from then on nothing is written.
    await replay(taskId);
    await run(start + 3 * hour);
    expect(contents()).toEqual(after);
    expect([...world.hosts.opened]).toEqual([]);
  });

  test('a task that is archived is not downloaded again because someone wants a retry', async () => {
    const { retry, run, record, world } = await updated();

    await retry('archived');
    await run(start + 2 * hour);

    expect(record('archived')).toMatchObject(JSON.parse(textOf('archived')));
    expect([...world.hosts.opened]).toEqual([]);
  });
});

describe('P8: what was open continues', () => {
  const ways = ['fromQueue', 'replay', 'retry'] as const;

  test.each(ways)('a file that was due later is downloaded: %s', async (way) => {
    const one = await updated();

    await one[way]('archiving');
    await one.run(start + 2 * hour);

    expect(one.record('archiving')).toMatchObject({ status: 'archived', dueAt: null });
    expect(one.audio('archiving')).toMatchObject([{ state: 'stored' }, { state: 'stored', bytes: 1_700 }]);
    expect([...one.world.hosts.opened]).toEqual([['https://media.example/late.mp3', 1]]);
  });

  test.each(ways)('a large file that was on its way continues behind the parts that had arrived: %s', async (way) => {
    const one = await updated({ partBytes: 1_000 });

    await one[way]('progress');
    await one.run(start + 2 * hour);

    const [asset] = one.audio('progress');
    expect(asset).toMatchObject({ state: 'stored', bytes: 9_000, progress: null });
    expect(one.world.bucket.objects.get(asset?.key ?? '')?.bytes.equals(large)).toBe(true);
    expect(one.logged('transfer.resumed').map(({ fields }) => fields?.parts)).toEqual([4]);
    expect(one.world.bucket.openUploads()).toEqual([]);
  });

  test('what is in quarantine is downloaded again when someone wants a retry', async () => {
    const { retry, run, record } = await updated();

    await retry('quarantined');
    await run(start + 2 * hour);

    expect(record('quarantined')).toMatchObject({ status: 'archived', failure: null });
  });
});

describe('C8: a record that an earlier version wrote as failed although `complete` was still to arrive', () => {
  async function failedEarly() {
    const one = scene({ hasKey: false });
    await one.post(musicBody('first', 'task', [one.track('a', { behaviour: answers('refused_address') })]));
    await one.run(start + minute);
    const failure = { code: null, outcome: 'files_missing', msg: '1 of 2 files', advice: 'see why' };
    const old = { ...one.record('task'), status: 'failed', failure };
    await one.world.bucket.write('tasks/task.json', JSON.stringify(old), { contentType: 'application/json' });
    return one;
  }

  test('is open again after its next step', async () => {
    const { run, record } = await failedEarly();

    await run(start + 2 * day);

    expect(record('task')).toMatchObject({ status: 'archiving', failure: null });
    expect(record('task').dueAt).not.toBeNull();
  });

  test('is closed as missing at its deadline if no other callback arrives', async () => {
    const { run, record } = await failedEarly();

    await run();

    expect(record('task')).toMatchObject({ status: 'failed', failure: { outcome: 'missing' }, dueAt: null });
  });
});

describe('a task that only waited', () => {
  test('has no marker, so that time alone does not bring it on', async () => {
    const { run, contents } = await updated();
    const before = contents();

    await run(start + 20 * day);

    expect(contents()).toEqual(before);
  });

  test.each(['replay', 'retry'] as const)('is on the schedule again with one %s, and asked for', async (way) => {
    const one = await updated({ hasKey: true });
    one.made('waiting', [one.track('g')]);

    await one[way]('waiting');
    await one.run();

    expect(one.record('waiting')).toMatchObject({ status: 'archived', dueAt: null });
    expect(one.markers()).toEqual([]);
  });

  test('is archived with its next callback', async () => {
    const { post, run, track, record } = await updated();

    await post(musicBody('complete', 'waiting', [track('g')]));
    await run();

    expect(record('waiting')).toMatchObject({ status: 'archived', labels: { project: 'demo' } });
    expect(record('waiting').firstSeenAt).toBe(new Date(start).toISOString());
  });
});
