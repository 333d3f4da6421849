// What is known about the bucket after a failure: which objects exist, and what the adapter reports.
import { describe, expect, test } from 'vitest';
import { MiB, troubleAt } from '../../../contracts/local-s3.ts';
import { reply } from '../../../doubles/aws-server.ts';
import { always, head, sendPart, setUpS3, setUpServer, setUpUpload, whole } from './s3-setup.ts';

const song = Buffer.alloc(3 * MiB, 'la ');

describe('F44: an upload of less than was sent', () => {
  test('does not become an object', async () => {
    const { bucket, upload } = await setUpUpload();
    const parts = [await sendPart(upload, 1, Buffer.alloc(5 * MiB)), await sendPart(upload, 2, Buffer.alloc(3 * MiB))];

    const completed = upload.complete(parts.slice(0, 1), whole(Buffer.alloc(8 * MiB)), 'absent');

    await expect(completed).rejects.toMatchObject({ code: 'store_failed' });
    expect(await bucket.head('video')).toBeUndefined();
  });

  test('in parts that are too small before the last does not either', async () => {
    const { bucket, upload } = await setUpUpload();
    const parts = [await sendPart(upload, 1, 'small'), await sendPart(upload, 2, 'last')];

    const completed = upload.complete(parts, whole('small', 'last'), 'absent');

    await expect(completed).rejects.toMatchObject({ code: 'store_failed' });
    expect(await bucket.head('video')).toBeUndefined();
  });
});

describe('F45: an answer that is lost', () => {
  test('to a write that must create: it is refused when it is made again, and what is there is its own', async () => {
    const { bucket } = await setUpS3({ fault: troubleAt('PutObject', [1], 'lose-answer') });

    expect(await bucket.write('song', song, head, 'absent')).toBe(false);

    expect(await bucket.head('song')).toMatchObject({ ...whole(song), taskId: 'task-1' });
  });

  test('to a write that must replace: it is refused when it is made again, and what is there is its own', async () => {
    const { bucket } = await setUpS3({ fault: troubleAt('PutObject', [2], 'lose-answer') });
    const before = await bucket.write('song', 'before', head);

    expect(await bucket.write('song', 'after', head, before || 'absent')).toBe(false);

    expect(await bucket.read('song')).toMatchObject({ text: 'after' });
  });

  test('to a write without a condition: it is made again', async () => {
    const { bucket } = await setUpS3({ fault: troubleAt('PutObject', [1], 'lose-answer') });

    const written = await bucket.write('song', 'la', head);

    expect(await bucket.read('song')).toEqual({ text: 'la', ...written });
  });

  test('to a part: it is sent again, and is there once', async () => {
    const { upload } = await setUpUpload({ fault: troubleAt('UploadPart', [1], 'lose-answer') });

    const part = await sendPart(upload, 1, 'part');

    expect(await upload.parts()).toEqual([part]);
  });

  test('to a completion: S3 still knows of it, and says so again', async () => {
    const fault = troubleAt('CompleteMultipartUpload', [1], 'lose-answer');
    const { bucket, upload } = await setUpUpload({ fault });
    const part = await sendPart(upload, 1, 'all');

    expect(await upload.complete([part], whole('all'), 'absent')).toBe('done');
    expect(await bucket.head('video')).toMatchObject(whole('all'));
  });

  test('to a completion: S3 has forgotten it, the upload is gone and the object there', async () => {
    const lose = troubleAt('CompleteMultipartUpload', [1], 'lose-answer');
    const forget = troubleAt('CompleteMultipartUpload', [2], { status: 404, code: 'NoSuchUpload' });
    const fault: typeof lose = (request) => [lose(request), forget(request)].find((trouble) => trouble !== undefined);
    const { bucket, upload } = await setUpUpload({ fault });
    const part = await sendPart(upload, 1, 'all');

    expect(await upload.complete([part], whole('all'), 'absent')).toBe('gone');
    expect(await bucket.head('video')).toMatchObject(whole('all'));
  });

  test('to an abort: it is gone all the same', async () => {
    const { upload } = await setUpUpload({ fault: troubleAt('AbortMultipartUpload', [1], 'lose-answer') });

    await upload.abort();

    expect(await upload.parts()).toBeUndefined();
  });
});

describe('F47: another writer at the key', () => {
  const conflict = { status: 409, code: 'ConditionalRequestConflict' };

  test('refuses a write that depends on it', async () => {
    const { bucket } = await setUpS3({ fault: always('PutObject', conflict) });

    expect(await bucket.write('song', 'la', head, 'absent')).toBe(false);
    expect(await bucket.write('song', 'la', head, { etag: '"seen"' })).toBe(false);
  });

  test('is a failure of a write that does not: false would say that a condition did not hold', async () => {
    const { bucket } = await setUpS3({ fault: always('PutObject', conflict) });

    await expect(bucket.write('song', 'la', head)).rejects.toThrow('409 ConditionalRequestConflict');
  });

  test('is a conflict of a completion', async () => {
    const { upload } = await setUpUpload({ fault: always('CompleteMultipartUpload', conflict) });
    const part = await sendPart(upload, 1, 'all');

    expect(await upload.complete([part], whole('all'), 'absent')).toBe('conflict');
  });

  test.each([
    [409, 'conflict'],
    [412, 'refused'],
  ])('is recognised also by a %i without a body: %s', async (status, completion) => {
    const { bucket } = await setUpServer([reply(status)]);

    expect(await bucket.upload('video', 'some-id').complete([], whole('all'), 'absent')).toBe(completion);
    expect(await bucket.write('song', 'la', head, 'absent')).toBe(false);
  });
});

describe('F47: an error behind a 200', () => {
  const error = (code: string) => `<?xml version="1.0" encoding="UTF-8"?>\n\n<Error><Code>${code}</Code></Error>`;

  test('is made up for where it passes', async () => {
    const fault = troubleAt('CompleteMultipartUpload', [1], 'error-in-200');
    const { bucket, upload } = await setUpUpload({ fault });
    const part = await sendPart(upload, 1, 'all');

    expect(await upload.complete([part], whole('all'), 'absent')).toBe('done');
    expect(await bucket.head('video')).toMatchObject(whole('all'));
  });

  test('is a failure where it does not', async () => {
    const fault = always('CompleteMultipartUpload', 'error-in-200');
    const { bucket, upload } = await setUpUpload({ fault });
    const part = await sendPart(upload, 1, 'all');

    await expect(upload.complete([part], whole('all'), 'absent')).rejects.toThrow('Injected by a test');
    expect(await bucket.head('video')).toBeUndefined();
  });

  test.each([
    ['with blanks behind it, where the SDK does not see it', `${error('InternalError')}\n  \n`],
    [
      'that is cut off',
      '<?xml version="1.0" encoding="UTF-8"?>\n<CompleteMultipartUploadResult></CompleteMultipartUploadResult>',
    ],
    ['that is nothing at all', ''],
  ])('is a failure also %s', async (_, body) => {
    const { bucket } = await setUpServer([reply(200, body)]);

    await expect(bucket.upload('video', 'some-id').complete([], whole('all'), 'absent')).rejects.toThrow();
  });

  test.each([
    ['PreconditionFailed', 'refused'],
    ['ConditionalRequestConflict', 'conflict'],
    ['NoSuchUpload', 'gone'],
  ])('means %s what it means elsewhere: %s', async (code, completion) => {
    const { bucket } = await setUpServer([reply(200, error(code))]);

    expect(await bucket.upload('video', 'some-id').complete([], whole('all'), 'absent')).toBe(completion);
  });
});

describe('F48: what S3 has lost', () => {
  test('of the parts is not listed, cannot be completed, and can be sent again', async () => {
    const { s3, upload } = await setUpUpload({ fault: troubleAt('ListParts', [1], { losePart: 1 }) });
    const [first, last] = [Buffer.alloc(5 * MiB, 'a'), 'the end'];
    const sent = [await sendPart(upload, 1, first), await sendPart(upload, 2, last)];

    expect(await upload.parts()).toEqual(sent.slice(1));
    await expect(upload.complete(sent, whole(first, last), 'absent')).rejects.toMatchObject({ code: 'store_failed' });

    await sendPart(upload, 1, first);
    expect(await upload.complete(sent, whole(first, last), 'absent')).toBe('done');
    expect(await s3.bytes('video')).toHaveLength(5 * MiB + 7);
  });

  test.each(['UploadPart', 'ListParts', 'CompleteMultipartUpload', 'AbortMultipartUpload'])(
    'with the whole upload is gone for all that follows, from %s on',
    async (operation) => {
      const { bucket, upload } = await setUpUpload({ fault: always(operation, 'lose-upload') });
      const part = { number: 1, etag: '"e"', ...whole('part') };
      if (operation === 'AbortMultipartUpload') await upload.abort();
      if (operation === 'ListParts') await upload.parts();
      if (operation === 'CompleteMultipartUpload') await upload.complete([part], whole('part'), 'absent');

      await expect(sendPart(upload, 1, 'part')).rejects.toMatchObject({ code: 'upload_gone' });
      expect(await upload.parts()).toBeUndefined();
      expect(await upload.complete([part], whole('part'), 'absent')).toBe('gone');
      await upload.abort();
      expect(await bucket.head('video')).toBeUndefined();
    },
  );

  test('with the bucket itself is no missing object', async () => {
    const fault = () => ({ status: 404, code: 'NoSuchBucket' });
    const { bucket } = await setUpS3({ fault });
    const upload = bucket.upload('video', 'some-id');

    await expect(bucket.read('song')).rejects.toThrow();
    await expect(bucket.write('song', 'la', head, { etag: '"e"' })).rejects.toThrow('NoSuchBucket');
    await expect(upload.parts()).rejects.toThrow();
    await expect(upload.abort()).rejects.toThrow();
  });
});
