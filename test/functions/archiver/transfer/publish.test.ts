import { crc32 } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { type PublishOutcome, publish } from '../../../../functions/archiver/transfer/publish.ts';
import { encodeCrc32 } from '../../../../functions/domain/crc32-combine.ts';
import type { Bucket, Condition } from '../../../../functions/ports.ts';
import { type InMemoryBucket, inMemoryBucket } from '../../../doubles/in-memory-bucket.ts';

const key = 'library/2026-11/song.mp3';
const taskId = 'task-1';
const asset = 'a';

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
      calls: ({ head }) => ({
        head: async (name) => {
          const found = await head(name);
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

  test('what someone else put there is left alone', async () => {
    const { bucket, publishNew } = bench();
    await stand(bucket, 'mine', undefined);

    await expect(publishNew()).rejects.toMatchObject({ code: 'key_taken' });
    expect(textIn(bucket)).toBe('mine');
  });
});

describe('where the file that stood there was found damaged', () => {
  test.each(['new', 'old'])('what S3 says of it is not believed, and it makes way by its ETag: %s', async (text) => {
    const { bucket, publishNew, conditions } = bench({ isDamaged: true });
    const etag = await stand(bucket, text, taskId);

    expect(await publishNew()).toBe(true);

    expect(conditions).toEqual(['absent', { etag }]);
    expect(textIn(bucket)).toBe('new');
  });

  test('what someone else put in its place makes way, unless it changes meanwhile', async () => {
    const { bucket, publishNew, conditions } = bench({
      isDamaged: true,
      before: { 2: () => stand(bucket, 'theirs', 'task-2') },
    });
    const etag = await stand(bucket, 'mine', undefined);

    await expect(publishNew()).rejects.toMatchObject({ code: 'key_taken' });

    expect(conditions).toEqual(['absent', { etag }]);
    expect(textIn(bucket)).toBe('theirs');
  });

  test('an empty place is written, and a lost answer is no success', async () => {
    const { bucket, publishNew } = bench({ isDamaged: true, loses: 1 });

    await expect(publishNew()).rejects.toBe(lostAnswer);
    expect(await publishNew()).toBe(true);

    expect(textIn(bucket)).toBe('new');
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
    const { publishNew, conditions } = bench({ outcomes: ['refused', 'refused', 'refused'] });

    await expect(publishNew()).rejects.toMatchObject({ code: 'store_failed' });
    expect(conditions).toHaveLength(3);
  });
});

describe('an upload that was ended by another writer', () => {
  test.each(['gone', 'conflict'] as const)('%s: the same bytes at its place are the outcome', async (outcome) => {
    const { bucket, publishNew } = bench({ outcomes: [outcome] });
    await stand(bucket, 'new', taskId);

    expect(await publishNew()).toBe(false);
  });

  test.each(['gone', 'conflict'] as const)(
    '%s: nothing, or other bytes, mean that it begins again',
    async (outcome) => {
      const { bucket, publishNew } = bench({ outcomes: [outcome, outcome] });

      await expect(publishNew()).rejects.toMatchObject({ code: 'upload_gone' });
      await stand(bucket, 'old', taskId);
      await expect(publishNew()).rejects.toMatchObject({ code: 'upload_gone' });
    },
  );
});

test('F45: a write whose answer was lost is found done by looking', async () => {
  const { bucket, publishNew, conditions } = bench({ loses: 1 });

  expect(await publishNew()).toBe(false);

  expect(conditions).toEqual(['absent']);
  expect(textIn(bucket)).toBe('new');
});

test('a failure of the write is passed on as it is', async () => {
  const slowDown = new Error('SlowDown');
  const { publishNew } = bench({ calls: () => ({ write: () => Promise.reject(slowDown) }) });

  await expect(publishNew()).rejects.toBe(slowDown);
});

const lostAnswer = new Error('socket hang up');

/**
 * Publishes `new`. `before`: what happens before the nth write. `outcomes`: what the first writes return, instead of
 * writing. `loses`: the nth write is done, but its response is lost. `calls`: calls of the bucket that are replaced.
 */
function bench(
  options: {
    isDamaged?: boolean;
    outcomes?: readonly PublishOutcome[];
    loses?: number;
    before?: Readonly<Record<number, () => unknown>>;
    calls?: (bucket: InMemoryBucket) => Partial<Bucket>;
  } = {},
) {
  const bucket = inMemoryBucket();
  const changed = { ...bucket, ...options.calls?.(bucket) };
  const conditions: Condition[] = [];
  const whole = { bytes: 3, crc32: encodeCrc32(crc32('new')), sha256: null };
  const publishNew = () =>
    publish(
      { bucket: changed, key, owner: { taskId, asset }, whole, isDamaged: options.isDamaged },
      async (condition) => {
        const nth = conditions.push(condition);
        await options.before?.[nth]?.();
        const outcome = options.outcomes?.[nth - 1];
        if (outcome !== undefined) return outcome;
        const isWritten = (await changed.write(key, 'new', headFor(taskId), condition)) !== false;
        if (options.loses === nth) throw lostAnswer;
        return isWritten ? 'done' : 'refused';
      },
    );
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
