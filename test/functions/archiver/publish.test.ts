import { describe, expect, test } from 'vitest';
import { createChecksum } from '../../../functions/archiver/checksum.ts';
import { publish } from '../../../functions/archiver/publish.ts';
import type { Bucket, Condition } from '../../../functions/ports.ts';
import { type InMemoryBucket, inMemoryBucket } from '../../doubles/in-memory-bucket.ts';

const key = 'library/2026-11/song.mp3';
const taskId = 'task-1';

test('a verified file is written where nothing stands', async () => {
  const { bucket, publishNew, conditions } = bench();

  await publishNew();

  expect(conditions).toEqual(['absent']);
  expect(textIn(bucket)).toBe('new');
});

describe('P5: where a file stands already', () => {
  test('the same bytes are the outcome, and nothing is written', async () => {
    const { bucket, publishNew, conditions } = bench();
    await stand(bucket, 'new', taskId);
    const standing = bucket.objects.get(key);

    await publishNew();

    expect(conditions).toEqual(['absent']);
    expect(bucket.objects.get(key)).toBe(standing);
  });

  test('other bytes of the same task make way, by their ETag', async () => {
    const { bucket, publishNew, conditions } = bench();
    const etag = await stand(bucket, 'old', taskId);

    await publishNew();

    expect(conditions).toEqual(['absent', { etag }]);
    expect(textIn(bucket)).toBe('new');
  });

  test('bytes of the same task that cannot be compared make way', async () => {
    const { bucket, publishNew } = bench({
      calls: ({ facts }) => ({
        facts: async (name) => {
          const found = await facts(name);
          return found && { ...found, crc32: null };
        },
      }),
    });
    await stand(bucket, 'old', taskId);

    await publishNew();

    expect(textIn(bucket)).toBe('new');
  });

  test.each(['new', 'old'])("another task's are left alone, the same ones too: %s", async (text) => {
    const { bucket, publishNew } = bench();
    await stand(bucket, text, 'task-2');

    await expect(publishNew()).rejects.toMatchObject({ code: 'key_taken', message: `${key} belongs to task-2` });
    expect(bucket.objects.get(key)?.head.metadata).toEqual({ taskid: 'task-2' });
    expect(textIn(bucket)).toBe(text);
  });

  test('what somebody else put there is left alone', async () => {
    const { bucket, publishNew } = bench();
    await stand(bucket, 'mine', undefined);

    await expect(publishNew()).rejects.toMatchObject({ code: 'key_taken' });
    expect(textIn(bucket)).toBe('mine');
  });
});

describe('while another writer is at it', () => {
  test('the same bytes from there are the outcome', async () => {
    const { bucket, publishNew, conditions } = bench({ before: { 2: () => stand(bucket, 'new', taskId) } });
    const etag = await stand(bucket, 'old', taskId);

    await publishNew();

    expect(conditions).toEqual(['absent', { etag }]);
    expect(textIn(bucket)).toBe('new');
  });

  test('other bytes from there are looked at before they make way', async () => {
    const { bucket, publishNew, conditions } = bench({ before: { 2: () => stand(bucket, 'theirs', taskId) } });
    await stand(bucket, 'old', taskId);

    await publishNew();

    expect(new Set(conditions.map((condition) => JSON.stringify(condition))).size).toBe(3);
    expect(textIn(bucket)).toBe('new');
  });

  test("another task's from there are left alone", async () => {
    const { bucket, publishNew } = bench({ before: { 2: () => stand(bucket, 'theirs', 'task-2') } });
    await stand(bucket, 'old', taskId);

    await expect(publishNew()).rejects.toMatchObject({ code: 'key_taken' });
    expect(textIn(bucket)).toBe('theirs');
  });

  test('a place that has become empty is written', async () => {
    const { bucket, publishNew, conditions } = bench({ before: { 2: () => bucket.objects.delete(key) } });
    const etag = await stand(bucket, 'old', taskId);

    await publishNew();

    expect(conditions).toEqual(['absent', { etag }, 'absent']);
    expect(textIn(bucket)).toBe('new');
  });

  test('a place that does not come to rest is left for later', async () => {
    const { publishNew, conditions } = bench({ calls: () => ({ write: async () => false }) });

    await expect(publishNew()).rejects.toMatchObject({ code: 'store_failed' });
    expect(conditions).toHaveLength(3);
  });
});

test('a failure of the write is passed on as it is', async () => {
  const slowDown = new Error('SlowDown');
  const { publishNew } = bench({ calls: () => ({ write: () => Promise.reject(slowDown) }) });

  await expect(publishNew()).rejects.toBe(slowDown);
});

/** Publishes `new`. `before`: what happens before the nth write; `calls`: calls of the bucket that go otherwise. */
function bench(
  options: {
    before?: Readonly<Record<number, () => unknown>>;
    calls?: (bucket: InMemoryBucket) => Partial<Bucket>;
  } = {},
) {
  const bucket = inMemoryBucket();
  const changed = { ...bucket, ...options.calls?.(bucket) };
  const conditions: Condition[] = [];
  const checksum = createChecksum();
  checksum.add(Buffer.from('new'));
  const publishNew = () =>
    publish({ bucket: changed, key, taskId, whole: checksum.whole() }, async (condition) => {
      const nth = conditions.push(condition);
      await options.before?.[nth]?.();
      return await changed.write(key, 'new', headFor(taskId), condition);
    });
  return { bucket, conditions, publishNew };
}

async function stand(bucket: InMemoryBucket, text: string, owner: string | undefined): Promise<string | undefined> {
  await bucket.write(key, text, headFor(owner));
  return bucket.objects.get(key)?.etag;
}

function textIn(bucket: InMemoryBucket): string | undefined {
  return bucket.objects.get(key)?.bytes.toString();
}

function headFor(owner: string | undefined) {
  return { contentType: 'audio/mpeg', ...(owner !== undefined && { metadata: { taskid: owner } }) };
}
