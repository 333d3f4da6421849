import { expect, test } from 'vitest';
import { createRecordUpdate } from '../../../functions/archiver/records.ts';
import { parseCallback } from '../../../functions/domain/callback/parse.ts';
import { mergeCallback } from '../../../functions/domain/merge.ts';
import type { TaskRecord } from '../../../functions/domain/record.ts';
import type { Bucket } from '../../../functions/ports.ts';
import { inMemoryBucket } from '../../doubles/in-memory-bucket.ts';

const key = 'tasks/task.json';

test('a record is read once, and written once for all changes that arrive during a write', async () => {
  const { update, calls, record } = bench();
  await update(begun);

  await Promise.all([1, 2, 3, 4, 5].map((n) => update(labelled(`${n}`))));

  expect(calls).toEqual(['read', 'write', 'write']);
  expect(record().labels).toEqual({ 1: 'yes', 2: 'yes', 3: 'yes', 4: 'yes', 5: 'yes' });
});

test('a change that throws is skipped, and only its promise rejects', async () => {
  const { update, record } = bench();
  await update(begun);
  const refuse = () => {
    throw new Error('not this one');
  };

  const outcomes = await Promise.allSettled([update(labelled('a')), update(refuse), update(labelled('b'))]);

  expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  expect(record().labels).toEqual({ a: 'yes', b: 'yes' });
});

test('a change by another writer is read again and kept', async () => {
  const { update, bucket, record } = bench();
  await update(begun);
  await createRecordUpdate(bucket, 'task')(labelled('theirs'));

  await update(labelled('ours'));

  expect(record().labels).toEqual({ theirs: 'yes', ours: 'yes' });
});

test('a change that changes nothing writes nothing', async () => {
  const { update, calls } = bench();
  await update(begun);

  await update(labelled('a'));
  await update(labelled('a'));

  expect(calls.filter((call) => call === 'write')).toHaveLength(2);
});

test('after a failed write the record is read again, because the write may have succeeded', async () => {
  let isFailing = false;
  const { update, calls } = bench((bucket) => ({
    write: async (...given) => {
      const written = await bucket.write(...given);
      if (isFailing) throw new Error('the answer was lost');
      return written;
    },
  }));
  await update(begun);
  isFailing = true;
  await expect(update(labelled('a'))).rejects.toThrow('the answer was lost');
  isFailing = false;

  expect((await update(labelled('b'))).labels).toEqual({ a: 'yes', b: 'yes' });
  expect(calls).toEqual(['read', 'write', 'write', 'read', 'write']);
});

function bench(changed: (bucket: Bucket) => Partial<Bucket> = () => ({})) {
  const bucket = inMemoryBucket();
  const all: Bucket = { ...bucket, ...changed(bucket) };
  const calls: string[] = [];
  const watched: Pick<Bucket, 'read' | 'write'> = {
    read: (...given) => {
      calls.push('read');
      return all.read(...given);
    },
    write: (...given) => {
      calls.push('write');
      return all.write(...given);
    },
  };
  const record = (): TaskRecord => JSON.parse(bucket.objects.get(key)?.bytes.toString() ?? '');
  return { update: createRecordUpdate(watched, 'task'), bucket, calls, record };
}

function begun(record: TaskRecord | undefined): TaskRecord {
  const body = { code: 200, msg: 'ok', data: { callbackType: 'text', task_id: 'task', data: [{ id: 'a' }] } };
  const parsed = parseCallback(Buffer.from(JSON.stringify(body)));
  if ('unrecognised' in parsed) throw new Error(parsed.unrecognised);
  return mergeCallback(record, { callback: parsed.callback, receivedAt: '2026-11-20T12:00:00.000Z', labels: {} });
}

function labelled(name: string) {
  return (record: TaskRecord | undefined): TaskRecord => {
    if (record === undefined) throw new Error('there is no record');
    return { ...record, labels: { ...record.labels, [name]: 'yes' } };
  };
}
