// The Bucket port: the adapter over the local S3 and the double in memory keep the same rules.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { createS3Bucket } from '../../functions/adapters/s3-bucket.ts';
import { createChecksum } from '../../functions/archiver/checksum.ts';
import type { Bucket } from '../../functions/ports.ts';
import { startS3 } from '../../infra/local/s3/server.ts';
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
  ['the adapter over S3', () => createS3Bucket('music')],
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
    expect(await bucket.current.facts(key('none'))).toBeUndefined();
  });

  test('reads what was written, with its size, checksum and owner', async () => {
    await bucket.current.write(key('song'), 'la la', head);

    expect(await bucket.current.read(key('song'))).toMatchObject({ text: 'la la' });
    expect(await bucket.current.facts(key('song'))).toMatchObject({
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
    const etag = (await bucket.current.facts(key('seen')))?.etag ?? '';

    expect(await bucket.current.write(key('seen'), 'two', head, { etag })).toBe(true);
    expect(await bucket.current.write(key('seen'), 'three', head, { etag })).toBe(false);
    expect(await bucket.current.write(key('gone'), 'x', head, { etag })).toBe(false);
    expect((await bucket.current.read(key('seen')))?.text).toBe('two');
  });

  test('shows an upload only once it is complete, and with its own checksum', async () => {
    const [first, last] = [Buffer.alloc(partBytes, 'a'), Buffer.from('the end')];
    const upload = await bucket.current.startUpload(key('upload'), head);
    await upload.part(first);
    await upload.part(last);
    expect(await bucket.current.facts(key('upload'))).toBeUndefined();

    expect(await upload.complete(whole(first, last), 'absent')).toBe(true);

    expect(await bucket.current.facts(key('upload'))).toMatchObject({ ...pick(whole(first, last)), taskId: 'täsk/1' });
  });

  test('copies a part before it says that it has it', async () => {
    const part = Buffer.from('before');
    const upload = await bucket.current.startUpload(key('copied'), head);
    await upload.part(part);
    part.fill('x');

    await upload.complete(whole('before'), 'absent');

    expect((await bucket.current.read(key('copied')))?.text).toBe('before');
  });

  test('refuses to complete over what stands, and can then replace it by its ETag', async () => {
    await bucket.current.write(key('stands'), 'old', head);
    const upload = await bucket.current.startUpload(key('stands'), head);
    await upload.part(Buffer.from('new'));

    expect(await upload.complete(whole('new'), 'absent')).toBe(false);
    const etag = (await bucket.current.facts(key('stands')))?.etag ?? '';
    expect(await upload.complete(whole('new'), { etag })).toBe(true);
    expect((await bucket.current.read(key('stands')))?.text).toBe('new');
  });

  test('refuses a whole that is not the sum of its parts', async () => {
    const upload = await bucket.current.startUpload(key('wrong'), head);
    await upload.part(Buffer.from('part'));

    await expect(upload.complete(whole('other'), 'absent')).rejects.toThrow();
    await expect(upload.complete({ ...whole('part'), bytes: 5 }, 'absent')).rejects.toThrow();
    expect(await bucket.current.facts(key('wrong'))).toBeUndefined();
  });

  test('forgets an upload that was aborted', async () => {
    const upload = await bucket.current.startUpload(key('aborted'), head);
    await upload.part(Buffer.from('part'));

    await upload.abort();

    await expect(upload.part(Buffer.from('more'))).rejects.toThrow();
    await expect(upload.complete(whole('part'), 'absent')).rejects.toThrow();
  });
});

function whole(...parts: (string | Buffer)[]) {
  const checksum = createChecksum();
  for (const part of parts) checksum.add(Buffer.from(part));
  return checksum.whole();
}

function pick({ bytes, crc32 }: { bytes: number; crc32: string }) {
  return { bytes, crc32 };
}
