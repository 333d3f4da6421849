// Which faults of S3, or of the network, are retried, and how that ends.
import { describe, expect, test } from 'vitest';
import { MiB, troubleAt } from '../../../contracts/local-s3.ts';
import { always, head, impatient, sendPart, setUpS3, setUpUpload, whole } from './s3-setup.ts';

const song = Buffer.alloc(3 * MiB, 'la ');

const passing = [
  ['S3 asks to slow down', { status: 503, code: 'SlowDown' }],
  ['S3 has an error of its own', { status: 500, code: 'InternalError' }],
  ['S3 waited for the body too long', { status: 400, code: 'RequestTimeout' }],
  ['the connection is reset', 'cut'],
  ['the connection is reset in the middle of the body', 'cut-body'],
] as const;

describe('F42: a failure that is passing', () => {
  test.each(passing)('is not one of a write: %s', async (_, trouble) => {
    const { s3, bucket, asked } = await setUpS3({ fault: troubleAt('PutObject', [1, 2], trouble) });

    expect(await bucket.write('song', [song.subarray(0, MiB), song.subarray(MiB)], head, 'absent')).toBeTruthy();

    expect(asked).toEqual(['PutObject', 'PutObject', 'PutObject']);
    expect(song.equals(await s3.bytes('song'))).toBe(true);
  });

  test.each(passing)('is not one of a part: %s', async (_, trouble) => {
    const { upload } = await setUpUpload({ fault: troubleAt('UploadPart', [1, 2], trouble) });

    const part = await sendPart(upload, 1, song);

    expect(part).toMatchObject({ number: 1, ...whole(song) });
    expect(await upload.parts()).toEqual([part]);
  });

  test.each(passing)('that does not pass has an end, and leaves nothing behind: %s', async (_, trouble) => {
    const { s3, bucket, asked } = await setUpS3({ fault: always('PutObject', trouble) });

    await expect(bucket.write('song', song, head)).rejects.toThrow();

    expect(await bucket.head('song')).toBeUndefined();
    expect(await s3.incoming()).toEqual([]);
    expect(asked).toEqual([...Array(4).fill('PutObject'), 'HeadObject']);
  });

  test('of S3 to answer is waited for only so long, and then made up for', async () => {
    const fault = troubleAt('UploadPart', [1], 'hang');
    const { upload } = await setUpUpload({ fault, limits: impatient });

    expect(await sendPart(upload, 1, 'part')).toMatchObject({ bytes: 4 });
  });

  test('of S3 to answer at all ends every operation', async () => {
    const { s3, bucket } = await setUpS3({ fault: () => 'hang', limits: impatient });
    const upload = bucket.upload('video', 'some-id');

    const ends = await Promise.allSettled([
      bucket.read('song'),
      bucket.head('song'),
      bucket.write('song', 'la', head),
      bucket.startUpload('video', head),
      sendPart(upload, 1, 'part'),
      upload.parts(),
      upload.complete([], whole(''), 'absent'),
      upload.abort(),
    ]);

    expect(ends.map(({ status }) => status)).toEqual(Array(8).fill('rejected'));
    expect(await s3.incoming()).toEqual([]);
  });
});

describe('F43: what fails', () => {
  test.each(['cut', 'cut-body', 'flip-bit'] as const)('is not visible, nor is a half of it: %s', async (trouble) => {
    const fault = troubleAt('PutObject', [2, 3, 4, 5, 6, 7, 8, 9], trouble);
    const { s3, bucket } = await setUpS3({ fault });
    await s3.put('other', 'la');

    await expect(bucket.write('other', song, head)).rejects.toThrow();
    await expect(bucket.write('song', song, head, 'absent')).rejects.toThrow();

    expect(await bucket.head('song')).toBeUndefined();
    expect(await s3.text('other')).toBe('la');
  });
});

describe('F48: a bit that flips on the way', () => {
  test('to an object is put right', async () => {
    const { s3, bucket } = await setUpS3({ fault: troubleAt('PutObject', [1], 'flip-bit') });

    await bucket.write('song', song, head, 'absent');

    expect(song.equals(await s3.bytes('song'))).toBe(true);
  });

  test('to a part is put right', async () => {
    const { s3, upload } = await setUpUpload({ fault: troubleAt('UploadPart', [1, 2], 'flip-bit') });
    const part = await sendPart(upload, 1, song);

    await upload.complete([part], whole(song), 'absent');

    expect(song.equals(await s3.bytes('video'))).toBe(true);
  });

  test('every time has an end', async () => {
    const { upload, asked } = await setUpUpload({ fault: always('UploadPart', 'flip-bit') });

    await expect(sendPart(upload, 1, 'part')).rejects.toThrow('BadDigest');

    expect(asked.filter((operation) => operation === 'UploadPart')).toHaveLength(3);
    expect(await upload.parts()).toEqual([]);
  });
});

test('F49: what is not allowed is asked once, and the failure says which key and why', async () => {
  const { bucket, asked } = await setUpS3({ fault: () => ({ status: 403, code: 'AccessDenied' }) });
  const part = sendPart(bucket.upload('video', 'id'), 7, 'part');

  await expect(part).rejects.toThrow(/7 of video: 403 AccessDenied/);
  await expect(bucket.write('song', 'la', head, 'absent')).rejects.toThrow(/song: 403 AccessDenied/);
  expect(asked).toEqual(['UploadPart', 'PutObject']);
});
