// F45: the SDK retries a conditional write whose response was lost, and S3 refuses the second attempt with 412. The
// callers then read the object to find out which write won.
import { expect, test } from 'vitest';
import { createRecordUpdate } from '../../../../functions/archiver/records.ts';
import { publish } from '../../../../functions/archiver/transfer/publish.ts';
import { parseCallback } from '../../../../functions/domain/callback/parse.ts';
import { mergeCallback } from '../../../../functions/domain/merge.ts';
import type { TaskRecord } from '../../../../functions/domain/record.ts';
import { MiB, troubleAt } from '../../../contracts/local-s3.ts';
import { head, sendPart, setUpS3, setUpUpload, whole } from './s3-setup.ts';

const receivedAt = '2026-11-20T10:00:00.000Z';

function started(record: TaskRecord | undefined): TaskRecord {
  const body = Buffer.from('{"code":200,"data":{"callbackType":"text","task_id":"task","data":[]}}');
  const parsed = parseCallback(body);
  if ('unrecognised' in parsed) throw new Error(parsed.unrecognised);
  return mergeCallback(record, { callback: parsed.callback, receivedAt, labels: {} });
}

const labelled =
  (label: string) =>
  (record: TaskRecord | undefined): TaskRecord => {
    if (record === undefined) throw new Error('there is no record');
    return { ...record, labels: { ...record.labels, [label]: 'yes' } };
  };

test('a record has every change once, whichever answer was lost', async () => {
  const { s3, bucket } = await setUpS3({ fault: troubleAt('PutObject', [1, 4, 6], 'lose-answer') });
  const update = createRecordUpdate(bucket, 'task');

  await update(started);
  await update(labelled('a'));
  await update(labelled('b'));

  expect(JSON.parse((await s3.text('tasks/task.json')) ?? '')).toMatchObject({ labels: { a: 'yes', b: 'yes' } });
});

test('a media file that is written at once is published, by an earlier attempt', async () => {
  const { s3, bucket, asked } = await setUpS3({ fault: troubleAt('PutObject', [1], 'lose-answer') });
  const song = Buffer.alloc(3 * MiB, 'la ');

  const isOurs = await publish(
    { bucket, key: 'song', owner: { taskId: 'task-1', asset: 'a' }, whole: { ...whole(song), sha256: null } },
    async (condition) => ((await bucket.write('song', [song], head, condition)) === false ? 'refused' : 'done'),
  );

  expect(isOurs).toBe(false);
  expect(asked).toEqual(['PutObject', 'PutObject', 'HeadObject']);
  expect(song.equals(await s3.bytes('song'))).toBe(true);
});

test('a media file that is uploaded in parts is published, whichever answer was lost', async () => {
  const losses = ['UploadPart', 'CompleteMultipartUpload'].map((operation) => troubleAt(operation, [1], 'lose-answer'));
  const fault: (typeof losses)[0] = (request) => losses.map((lose) => lose(request)).find((each) => each !== undefined);
  const { s3, bucket, upload } = await setUpUpload({ fault });
  const part = await sendPart(upload, 1, 'all');

  const file = {
    bucket,
    key: 'video',
    owner: { taskId: 'task-1', asset: 'a' },
    whole: { ...whole('all'), sha256: null },
  };
  await publish(file, (condition) => upload.complete([part], whole('all'), condition));

  expect(await s3.text('video')).toBe('all');
});
