// Stored files that someone lost or changed, and wants to have downloaded again.
import { describe, expect, test } from 'vitest';
import { encodeMessage } from '../../functions/domain/message.ts';
import { song } from '../doubles/sample-files.ts';
import { musicBody } from './world/bodies.ts';
import { answers } from './world/hosts.ts';
import { day, hour, scene } from './world/scenes.ts';
import { start } from './world/world.ts';

const link = 'https://media.example/a.mp3';

/** A task whose song is stored. */
async function stored({ bytes = 1_500, hasKey = false } = {}) {
  const made = scene({ hasKey });
  const file = song(bytes);
  const { world, track, post, run, audio } = made;
  await post(musicBody('complete', 'task', [track('a', { file })]));
  await run();
  const key = audio('task')[0]?.key ?? '';
  const object = () => world.bucket.objects.get(key);
  const before = object();
  if (before === undefined) throw new Error('it is not stored');

  async function retry(at = start + hour, keys = [key]) {
    const damaged = { at: new Date(at).toISOString(), keys };
    await world.callbacks.send(encodeMessage({ type: 'retry', task: 'task', damaged }), {
      signal: AbortSignal.timeout(9e6),
    });
    await run();
  }
  const put = (text: string, metadata?: Record<string, string>) =>
    world.bucket.write(key, text, { contentType: 'audio/mpeg', ...(metadata && { metadata }) });
  return { ...made, file, key, before, object, retry, put, fetched: () => world.hosts.opened.get(link) };
}

type Stored = Awaited<ReturnType<typeof stored>>;
const losses: [string, (made: Stored) => unknown][] = [
  ['gone', ({ world, key }) => world.bucket.objects.delete(key)],
  ['replaced by a file without a task id', ({ put }) => put('another song')],
  ['damaged, and still said to be of the task', ({ put }) => put('half a song', { taskid: 'task' })],
  ['damaged, which S3 itself does not know', ({ before }) => before.bytes.fill(0, 100)],
];

describe.each([1_500, 20_000])('a stored file of %i bytes', (bytes) => {
  test.each(losses)('that is %s is downloaded again, and the same message again changes nothing', async (_, lose) => {
    const made = await stored({ bytes });
    await lose(made);

    await made.retry();

    expect(made.object()?.bytes.equals(made.file)).toBe(true);
    expect(made.object()?.head).toEqual(made.before.head);
    expect(made.audio('task')).toMatchObject([{ state: 'stored', key: made.key, bytes }]);
    expect(made.record('task').status).toBe('archived');
    const fetched = made.fetched();
    const record = made.world.bucket.objects.get('tasks/task.json');

    await made.retry();

    expect(made.fetched()).toBe(fetched);
    expect(made.world.bucket.objects.get('tasks/task.json')).toEqual(record);
    expect([made.markers(), made.world.bucket.openUploads()]).toEqual([[], []]);
  });
});

test('P3: a lost file whose link is dead by now has failed: the record claims nothing that is not there', async () => {
  const made = await stored();
  made.world.bucket.objects.delete(made.key);
  made.track('a', { behaviour: answers('not_found') });

  made.world.clock.set(start + 20 * day);
  await made.retry(start + 20 * day);

  expect(made.audio('task')).toMatchObject([{ state: 'failed', key: null, bytes: null, crc32: null }]);
  expect(made.record('task')).toMatchObject({ status: 'failed', failure: { outcome: 'files_missing' }, dueAt: null });
  expect(made.markers()).toEqual([]);
});

test('a damaged file whose link has expired is downloaded from a fresh link, and not touched before', async () => {
  const made = await stored({ hasKey: true });
  await made.put('half a song');
  made.track('a', { behaviour: answers('not_found') });
  made.made('task', [made.track('a', { audioUrl: 'https://media.example/fresh.mp3', file: made.file })]);
  const standing = made.object();

  made.world.clock.set(start + 2 * day);
  await made.retry(start + 2 * day, ['library/of-another.mp3']);
  expect(made.object()).toEqual(standing);
  await made.retry(start + 2 * day);

  expect(made.object()?.bytes.equals(made.file)).toBe(true);
  expect(made.audio('task')).toMatchObject([{ state: 'stored' }]);
});

test("another task's file in its place is left alone, and the song is stored under another key", async () => {
  const made = await stored();
  await made.put('a song of theirs', { taskid: 'task-2' });

  await made.retry();

  expect(made.object()?.bytes.toString()).toBe('a song of theirs');
  const [asset] = made.audio('task');
  expect(asset).toMatchObject({ state: 'stored', attempts: [{ code: 'key_taken' }] });
  expect(made.world.bucket.objects.get(asset?.key ?? '')?.bytes.equals(made.file)).toBe(true);
});

test('its lyrics are written again without any link', async () => {
  const made = await stored();
  const words = made.world.library().find((key) => key.endsWith('.txt')) ?? '';
  made.world.bucket.objects.delete(words);

  await made.retry(start + hour, [words]);

  expect(made.world.bucket.objects.get(words)?.bytes.toString()).toBe('words of Song a');
  expect([made.record('task').status, made.fetched()]).toEqual(['archived', 1]);
});
