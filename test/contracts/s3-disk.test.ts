import { mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { DeleteObjectCommand, GetObjectCommand, HeadObjectCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Bucket, type LocalS3, outcomeOf, startLocalS3 } from './local-s3.ts';

let s3: LocalS3;
beforeEach(async () => {
  s3 = await startLocalS3();
});
afterEach(() => s3.stop());

const head = (Key: string) => s3.client.send(new HeadObjectCommand({ Bucket, Key }));
const files = (folder: string) => readdir(folder, { recursive: true });

async function listedKeys() {
  const { Contents } = await s3.client.send(new ListObjectsV2Command({ Bucket }));
  return Contents?.map(({ Key }) => Key) ?? [];
}

/** Without the SDK, and without the client's own clean-up of the path. */
function rawPut(path: string): Promise<{ status?: number; text: string }> {
  return new Promise((resolve, reject) => {
    const put = request(`${s3.url}/`, { method: 'PUT', path, headers: { 'content-length': 1 } }, async (response) => {
      resolve({ status: response.statusCode, text: Buffer.concat(await response.toArray()).toString() });
    });
    put.once('error', reject).end('x');
  });
}

test('the bucket folder holds the objects as plain files and nothing else, and no folder that is empty', async () => {
  await s3.put('library/album/Song.mp3', 'song');
  await s3.put('schedule/now/task', '');
  await s3.client.send(new DeleteObjectCommand({ Bucket, Key: 'schedule/now/task' }));

  const found = (await files(s3.bucketFolder)).sort();

  expect(found).toEqual(['library', 'library/album', 'library/album/Song.mp3']);
  expect(await readFile(join(s3.bucketFolder, 'library/album/Song.mp3'), 'utf8')).toBe('song');
});

test('an object outlives a restart with its headers and ETag', async () => {
  await s3.put('kept', 'x', { ContentType: 'image/jpeg', Metadata: { trackid: '1' } });
  const before = await head('kept');

  await s3.restart();

  const { ETag, LastModified } = before;
  expect(await head('kept')).toMatchObject({
    ContentType: 'image/jpeg',
    Metadata: { trackid: '1' },
    ETag,
    LastModified,
  });
});

test('a file that a person deletes is no object any more and may be written again', async () => {
  await s3.put('by-hand', 'old', { ContentType: 'image/jpeg' });
  await rm(join(s3.bucketFolder, 'by-hand'));

  expect(await outcomeOf(head('by-hand'))).toBe('404 NotFound');
  expect(await listedKeys()).toEqual([]);
  expect(await outcomeOf(s3.put('by-hand', 'new', { IfNoneMatch: '*' }))).toBe('200');
});

test('a file that a person puts or changes there is an object with the ETag of its bytes', async () => {
  const { ETag } = await s3.put('original', 'the same');
  await s3.put('edited', 'before', { ContentType: 'image/jpeg' });
  await mkdir(join(s3.bucketFolder, 'folder'));
  await writeFile(join(s3.bucketFolder, 'folder/added'), 'the same');
  await writeFile(join(s3.bucketFolder, 'edited'), 'the same');

  expect(await head('folder/added')).toMatchObject({ ETag, ContentLength: 8 });
  expect(await head('edited')).toMatchObject({ ETag, ContentType: 'binary/octet-stream' });
  expect(await listedKeys()).toEqual(['edited', 'folder/added', 'original']);
});

test('a link that leads out of the bucket is no object', async () => {
  await symlink('/etc/hostname', join(s3.bucketFolder, 'link'));

  expect(await outcomeOf(head('link'))).toBe('404 NotFound');
  expect(await listedKeys()).toEqual([]);
});

const oddKeys = [
  'Ünïcode 日本.mp4',
  'sp ace',
  'a+b',
  'a&b=c',
  '100%25',
  `q'"q<>`,
  'emoji😀',
  'q?x=1#y',
  '.hidden',
  '...',
];

test.each(oddKeys)('the key %s is kept as it is', async (name) => {
  const key = `k/${name}`;
  await s3.put(key, key);

  expect(await s3.text(key)).toBe(key);
  expect(await listedKeys()).toEqual([key]);
  expect(await readdir(join(s3.bucketFolder, 'k'))).toEqual([name]);
});

const hostile = [
  ['/contract/../escaped', "'..'"],
  ['/contract/a/../../escaped', "'..'"],
  ['/contract/%2e%2e/escaped', "'..'"],
  ['/contract/a%2F..%2F..%2Fescaped', "'..'"],
  ['/contract/./x', "'..'"],
  ['/contract//etc/escaped', 'empty path segment'],
  ['/contract/a//b', 'empty path segment'],
  ['/contract/folder/', 'empty path segment'],
  ['/contract/a%00b', 'NUL'],
  ['/contract/..%5Cescaped', 'backslash'],
  [`/contract/${'n'.repeat(256)}`, '255 bytes'],
  [`/contract/${'n/'.repeat(512)}nn`, '1024'],
  ['/contract/%ff', 'UTF-8'],
] as const;

test.each(hostile)('the path %s is refused with a reason, and nothing is written', async (path, reason) => {
  const { status, text } = await rawPut(path);

  expect(status).toBe(400);
  expect(text.replaceAll('&apos;', "'")).toContain(reason);
  expect(await files(s3.bucketFolder)).toEqual([]);
});

test.each(['/../x', '/..%2Fx/y', '/.system/x', '/%2Fetc/x'])('no bucket is found at %s', async (path) => {
  expect((await rawPut(path)).status).toBe(404);
});

test('a key that would be a file and a folder at once is refused, and the first object stays', async () => {
  await s3.put('song', '1');

  expect(await outcomeOf(s3.put('song/cover', '2'))).toBe('400 InvalidArgument');
  expect(await outcomeOf(head('song/cover'))).toBe('404 NotFound');
  expect(await s3.text('song')).toBe('1');
});

test('a client that dies in the middle of its body leaves nothing behind', async () => {
  const { port, host } = new URL(s3.url);
  const socket = connect(Number(port), '127.0.0.1');
  socket.write(`PUT /${Bucket}/half HTTP/1.1\r\nHost: ${host}\r\nContent-Length: 1000\r\nExpect: 100-continue\r\n\r\n`);
  await new Promise((resolve) => socket.once('data', resolve));
  socket.write('abc');
  socket.destroy();

  await s3.close();

  expect(await files(s3.bucketFolder)).toEqual([]);
  expect(await files(join(s3.systemFolder, 'incoming'))).toEqual([]);
});

test('three hundred small objects written at once, into folders that come and go, are all there', async () => {
  const keys = Array.from({ length: 300 }, (_, index) => `many/${index % 7}/${index}`);

  await Promise.all(
    keys.map(async (key) => {
      await s3.put(key, key);
      if (key.endsWith('5')) await s3.client.send(new DeleteObjectCommand({ Bucket, Key: key }));
    }),
  );

  const kept = keys.filter((key) => !key.endsWith('5'));
  expect((await listedKeys()).sort()).toEqual(kept.sort());
  expect(await Promise.all(kept.map((key) => s3.text(key)))).toEqual(kept);
});

test('an object that is replaced while it is read is read to its end as it was', async () => {
  await s3.put('moving', Buffer.alloc(20 * 1024 * 1024, 'a'));
  const { Body } = await s3.client.send(new GetObjectCommand({ Bucket, Key: 'moving' }));

  await s3.put('moving', 'new');

  const text = await Body?.transformToString();
  expect(text?.length).toBe(20 * 1024 * 1024);
  expect(text?.replaceAll('a', '')).toBe('');
});
