// The Bucket port: the adapter over the local S3 and the double in memory keep the same rules.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { createCallAws, createS3Client } from '../../functions/adapters/aws/clients.ts';
import { createS3Bucket } from '../../functions/adapters/s3/s3-bucket.ts';
import { encodeCrc32 } from '../../functions/domain/crc32-combine.ts';
import type { Bucket, Part, Upload } from '../../functions/ports.ts';
import { startS3 } from '../../local/s3/server.ts';
import { inMemoryBucket } from '../doubles/in-memory-bucket.ts';

const folder = mkdtempSync(join(tmpdir(), 'trackkeeper-bucket-'));
const head = { contentType: 'audio/mpeg', metadata: { taskid: 'täsk/1' } };
/** S3's least for a part that is not the last. */
const partBytes = 5 * 1024 ** 2;
let closeS3: () => Promise<void>;

beforeAll(async () => {
  const { url, close } = await startS3({ folder, systemFolder: join(folder, '.system') });
  closeS3 = close;
  vi.stubEnv('AWS_ENDPOINT_URL_S3', url);
  vi.stubEnv('AWS_REGION', 'us-east-1');
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'local');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'local');
  await new S3Client({}).send(new CreateBucketCommand({ Bucket: 'music' }));
});

afterAll(async () => {
  await closeS3();
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

const buckets: [string, () => Bucket][] = [
  ['the adapter over S3', () => createS3Bucket('music', createCallAws(createS3Client(process.env)))],
  ['the double in memory', inMemoryBucket],
];

describe.each(buckets)('%s', (name, create) => {
  const bucket: { current: Bucket } = { current: inMemoryBucket() };
  const key = (what: string) => `${name.replaceAll(' ', '-')}/${what}`;
  beforeAll(() => {
    bucket.current = create();
  });

  test('knows nothing of a key where nothing stands', async () => {
    expect(await bucket.current.read(key('none'))).toBeUndefined();
    expect(await bucket.current.head(key('none'))).toBeUndefined();
  });

  test('reads what was written, with its size, checksum and owner', async () => {
    await bucket.current.write(key('song'), 'la la', head);

    expect(await bucket.current.read(key('song'))).toMatchObject({ text: 'la la' });
    expect(await bucket.current.head(key('song'))).toMatchObject({
      bytes: 5,
      crc32: whole('la la').crc32,
      taskId: 'täsk/1',
    });
  });

  test('writes to an absent key once', async () => {
    const writes = await Promise.all([1, 2, 3].map((n) => bucket.current.write(key('once'), `${n}`, head, 'absent')));

    expect(writes.filter(Boolean)).toHaveLength(1);
  });

  test('replaces just what was seen', async () => {
    await bucket.current.write(key('seen'), 'one', head);
    const etag = (await bucket.current.head(key('seen')))?.etag ?? '';

    expect(await bucket.current.write(key('seen'), 'two', head, { etag })).toBeTruthy();
    expect(await bucket.current.write(key('seen'), 'three', head, { etag })).toBe(false);
    expect(await bucket.current.write(key('gone'), 'x', head, { etag })).toBe(false);
    expect((await bucket.current.read(key('seen')))?.text).toBe('two');
  });

  test('says with which ETag it wrote', async () => {
    const written = await bucket.current.write(key('tagged'), 'one', head);

    expect(await bucket.current.read(key('tagged'))).toMatchObject(written || { etag: 'none' });
  });

  test('writes a body that lies in pieces, in their order', async () => {
    await bucket.current.write(key('pieces'), [Buffer.from('la '), Buffer.from('la')], head);

    expect(await bucket.current.read(key('pieces'))).toMatchObject({ text: 'la la' });
    expect(await bucket.current.head(key('pieces'))).toMatchObject(whole('la la'));
  });

  test('refuses a body that is not what its checksum says', async () => {
    const wrong = bucket.current.write(key('flipped'), 'la lb', { ...head, crc32: crc32('la la') });

    await expect(wrong).rejects.toThrow('BadDigest');
    expect(await bucket.current.head(key('flipped'))).toBeUndefined();
  });

  async function begin(what: string, ...parts: readonly (string | Buffer)[]) {
    const upload = bucket.current.upload(key(what), await bucket.current.startUpload(key(what), head));
    const sent: Part[] = [];
    for (const part of parts) sent.push(await send(upload, sent.length + 1, part));
    return { upload, sent };
  }

  test('shows an upload only once it is complete, and with its own checksum', async () => {
    const [first, last] = [Buffer.alloc(partBytes, 'a'), Buffer.from('the end')];
    const { upload, sent } = await begin('upload', first, last);
    expect(await bucket.current.head(key('upload'))).toBeUndefined();

    expect(await upload.complete(sent, whole(first, last), 'absent')).toBe('done');

    expect(await bucket.current.head(key('upload'))).toMatchObject({ ...whole(first, last), taskId: 'täsk/1' });
  });

  test('is found by its key until it is completed or aborted, and those of longer keys are not', async () => {
    const { upload, sent } = await begin('found', 'the end');
    const ended = await begin('found', 'the end');
    await begin('found-elsewhere', 'the end');
    expect(await bucket.current.uploadsAt(key('found'))).toHaveLength(2);

    await ended.upload.abort();
    expect(await bucket.current.uploadsAt(key('found'))).toHaveLength(1);
    await upload.complete(sent, whole('the end'));

    expect(await bucket.current.uploadsAt(key('found'))).toEqual([]);
  });

  test('takes parts in any order and again, and lists what it has', async () => {
    const [first, last] = [Buffer.alloc(partBytes, 'a'), Buffer.from('the end')];
    const { upload } = await begin('order');
    await send(upload, 2, 'another end');
    const sent = [await send(upload, 1, first), await send(upload, 2, last)];

    expect(await upload.parts()).toEqual(sent);
    expect(sent).toMatchObject([
      { number: 1, ...whole(first) },
      { number: 2, ...whole(last) },
    ]);
    expect(await upload.complete(sent, whole(first, last), 'absent')).toBe('done');
  });

  test('copies a part before it says that it has it', async () => {
    const part = Buffer.from('before');
    const { upload, sent } = await begin('copied', part);
    part.fill('x');

    await upload.complete(sent, whole('before'), 'absent');

    expect((await bucket.current.read(key('copied')))?.text).toBe('before');
  });

  test('refuses to complete over what stands, and can then replace it by its ETag', async () => {
    await bucket.current.write(key('stands'), 'old', head);
    const { upload, sent } = await begin('stands', 'new');

    expect(await upload.complete(sent, whole('new'), 'absent')).toBe('refused');
    const etag = (await bucket.current.head(key('stands')))?.etag ?? '';
    expect(await upload.complete(sent, whole('new'), { etag })).toBe('done');
    expect((await bucket.current.read(key('stands')))?.text).toBe('new');
  });

  test('refuses to complete in place of what is gone, or is another by now', async () => {
    const { upload, sent } = await begin('changed', 'new');

    expect(await upload.complete(sent, whole('new'), { etag: '"seen"' })).toBe('refused');
    await bucket.current.write(key('changed'), 'another', head);
    expect(await upload.complete(sent, whole('new'), { etag: '"seen"' })).toBe('refused');
    expect((await bucket.current.read(key('changed')))?.text).toBe('another');
  });

  test('refuses a whole that is not the sum of its parts', async () => {
    const { upload, sent } = await begin('wrong', 'part');
    const refusal = { code: 'store_failed' };

    await expect(upload.complete(sent, whole('trap'), 'absent')).rejects.toMatchObject(refusal);
    await expect(upload.complete(sent, { ...whole('part'), bytes: 5 }, 'absent')).rejects.toMatchObject(refusal);
    await expect(
      upload.complete([{ number: 9, etag: '"none"', ...whole('part') }], whole('part'), 'absent'),
    ).rejects.toMatchObject(refusal);
    const named = sent.map((part) => ({ ...part, crc32: whole('trap').crc32 }));
    await expect(upload.complete(named, whole('part'), 'absent')).rejects.toMatchObject(refusal);
    expect(await bucket.current.head(key('wrong'))).toBeUndefined();
  });

  test('takes parts in the order of their numbers alone', async () => {
    const { upload, sent } = await begin('disorder', Buffer.alloc(partBytes, 'a'), Buffer.alloc(partBytes, 'b'));
    const completed = upload.complete(
      sent.toReversed(),
      whole(Buffer.alloc(partBytes, 'b'), Buffer.alloc(partBytes, 'a')),
    );

    await expect(completed).rejects.toMatchObject({ code: 'store_failed' });
  });

  test('completes one of those that must create the same object, and the others can be aborted', async () => {
    const begun = await Promise.all(['one', 'two', 'three'].map((text) => begin('race', text)));
    const ends = await Promise.all(
      begun.map(({ upload, sent }, at) => upload.complete(sent, whole(['one', 'two', 'three'][at] ?? ''), 'absent')),
    );

    expect(ends.toSorted()).toEqual(['done', 'refused', 'refused']);
    for (const { upload } of begun) await upload.abort();
    expect(['one', 'two', 'three'][ends.indexOf('done')]).toBe((await bucket.current.read(key('race')))?.text);
  });

  test('says of an upload that is completed that it is done, or gone, and leaves the object alone', async () => {
    const { upload, sent } = await begin('again', 'all');
    await upload.complete(sent, whole('all'), 'absent');
    await bucket.current.write(key('again'), 'newer', head);

    expect(['done', 'gone']).toContain(await upload.complete(sent, whole('all'), 'absent'));
    await upload.abort();

    expect(await bucket.current.read(key('again'))).toMatchObject({ text: 'newer' });
  });

  test('has forgotten an upload that was aborted, and aborts it again without a word', async () => {
    const { upload, sent } = await begin('aborted', 'part');

    await upload.abort();
    await upload.abort();

    await expect(send(upload, 2, 'more')).rejects.toMatchObject({ code: 'upload_gone' });
    expect(await upload.parts()).toBeUndefined();
    expect(await upload.complete(sent, whole('part'), 'absent')).toBe('gone');
  });
});

function send(upload: Upload, number: number, part: string | Buffer): Promise<Part> {
  const bytes = Buffer.from(part);
  return upload.part(number, bytes, crc32(bytes));
}

function whole(...parts: (string | Buffer)[]): { bytes: number; crc32: string } {
  const bytes = Buffer.concat(parts.map((part) => Buffer.from(part)));
  return { bytes: bytes.length, crc32: encodeCrc32(crc32(bytes)) };
}
