// Parts on their way into an object: any order, again, too late, and whatever breaks off in the middle.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { DeleteObjectCommand, HeadObjectCommand, ListPartsCommand } from '@aws-sdk/client-s3';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Bucket, crcOf, type LocalS3, MiB, outcomeOf, sendParts, startLocalS3 } from './local-s3.ts';

let s3: LocalS3;
beforeEach(async () => {
  s3 = await startLocalS3();
});
afterEach(() => s3.stop());

type Sent = Awaited<ReturnType<typeof sendParts>>;

const full = (letter: string) => Buffer.alloc(5 * MiB, letter);
const numbersOf = ({ Parts }: Awaited<ReturnType<Sent['list']>>) => Parts?.map(({ PartNumber }) => PartNumber) ?? [];
const head = (Key: string) => s3.client.send(new HeadObjectCommand({ Bucket, Key }));

/** As a client does that continues with what is there. */
async function completeWhatIsListed(upload: Sent) {
  const Parts = (await upload.list()).Parts?.map(({ PartNumber, ETag }) => ({ PartNumber, ETag }));
  return await upload.complete({ MultipartUpload: { Parts } });
}

describe('parts', () => {
  test('come in any order and with gaps in their numbers, and become an object in the order of the numbers', async () => {
    const upload = await sendParts(s3, 'video', []);
    for (const [number, letter] of [
      [900, 'b'],
      [10_000, 'c'],
      [5, 'a'],
    ] as const)
      await upload.send(number, full(letter));

    await completeWhatIsListed(upload);

    expect((await s3.bytes('video')).equals(Buffer.concat([full('a'), full('b'), full('c')]))).toBe(true);
  });

  test('sent twice, also at once, are listed once and kept once, as they came last', async () => {
    const upload = await sendParts(s3, 'video', [1000]);
    await Promise.all(['ten', 'ten', 'one'].map((text) => upload.send(text === 'ten' ? 10 : 1, Buffer.from(text))));
    const { ETag } = await upload.send(1, Buffer.from('three'));

    const { Parts } = await upload.list();

    expect(Parts).toMatchObject([
      { PartNumber: 1, Size: 5, ETag },
      { PartNumber: 10, Size: 3 },
    ]);
    expect(await s3.uploadFiles(upload.UploadId)).toHaveLength(2);
  });

  test('that were replaced cannot be completed by their earlier ETag', async () => {
    const upload = await sendParts(s3, 'video', [1000]);
    await upload.send(1, Buffer.from('another'));

    expect(await outcomeOf(upload.complete())).toBe('400 InvalidPart');
    expect(await outcomeOf(completeWhatIsListed(upload))).toBe('200');
    expect(await s3.text('video')).toBe('another');
  });

  test('in the middle may be left out by a completion, and are gone with the upload', async () => {
    const upload = await sendParts(s3, 'video', []);
    const named = await Promise.all([1, 2, 3].map((number) => upload.send(number, full(`${number}`))));
    const Parts = [1, 3].map((PartNumber) => ({ PartNumber, ETag: named[PartNumber - 1]?.ETag }));

    await upload.complete({ MultipartUpload: { Parts } });

    expect((await s3.bytes('video')).equals(Buffer.concat([full('1'), full('3')]))).toBe(true);
    expect(await readdir(join(s3.systemFolder, 'uploads'))).toEqual([]);
  });

  test('are listed from any number on, by pages that together hold them all', async () => {
    const upload = await sendParts(s3, 'video', []);
    await Promise.all([2, 4, 6, 8, 10].map((number) => upload.send(number, Buffer.from('x'))));

    const first = await upload.list({ MaxParts: 2 });
    const second = await upload.list({ MaxParts: 2, PartNumberMarker: first.NextPartNumberMarker });
    const third = await upload.list({ MaxParts: 2, PartNumberMarker: second.NextPartNumberMarker });

    expect([first, second, third].map(numbersOf)).toEqual([[2, 4], [6, 8], [10]]);
    expect([first, second, third].map((page) => page.IsTruncated)).toEqual([true, true, false]);
    expect(numbersOf(await upload.list({ PartNumberMarker: '5' }))).toEqual([6, 8, 10]);
    expect(numbersOf(await upload.list({ PartNumberMarker: '10' }))).toEqual([]);
    expect(await outcomeOf(upload.list({ PartNumberMarker: 'last' }))).toBe('400 InvalidArgument');
  });

  test('are listed a thousand at a time, whatever more is asked for', async () => {
    const upload = await sendParts(
      s3,
      'video',
      Array.from({ length: 1001 }, () => 1),
    );

    const first = await upload.list({ MaxParts: 5000 });
    const second = await upload.list({ PartNumberMarker: first.NextPartNumberMarker });

    expect(first).toMatchObject({ IsTruncated: true, MaxParts: 1000, NextPartNumberMarker: '1000' });
    expect(numbersOf(first)).toHaveLength(1000);
    expect(numbersOf(second)).toEqual([1001]);
  });
});

describe('an upload that is over', () => {
  test('takes no part, lists none, and cannot be aborted, but its completion can be repeated', async () => {
    const upload = await sendParts(s3, 'video', [10]);
    const { ETag } = await upload.complete();

    expect(await outcomeOf(upload.send(1, Buffer.from('x')))).toBe('404 NoSuchUpload');
    expect(await outcomeOf(upload.list())).toBe('404 NoSuchUpload');
    expect(await outcomeOf(upload.abort())).toBe('404 NoSuchUpload');
    expect((await upload.complete()).ETag).toBe(ETag);
    expect(upload.whole.equals(await s3.bytes('video'))).toBe(true);
  });

  test('by an abort cannot be aborted again, and frees its disk', async () => {
    const upload = await sendParts(s3, 'video', [10]);

    expect(await outcomeOf(upload.abort())).toBe('204');
    expect(await outcomeOf(upload.abort())).toBe('404 NoSuchUpload');
    expect(await readdir(join(s3.systemFolder, 'uploads'))).toEqual([]);
  });

  test('while a part is on its way drops the part', async () => {
    const upload = await sendParts(s3, 'video', []);
    const headers = { 'content-length': 6, expect: '100-continue' };
    const part = request(upload.urlOfPart(1), { method: 'PUT', headers });
    part.flushHeaders();
    await once(part, 'continue');
    part.write('abc');

    await upload.abort();
    part.end('def');

    const [{ statusCode }] = await once(part, 'response');
    expect(statusCode).toBe(404);
    expect(await s3.incoming()).toEqual([]);
    expect(await readdir(join(s3.systemFolder, 'uploads'))).toEqual([]);
  });
});

test.each(['another-key', 'no such id', '../..'])('an upload is not found by %s', async (wrong) => {
  const { Key, UploadId } = await sendParts(s3, 'video', [10]);
  const ask = wrong === 'another-key' ? { Key: wrong, UploadId } : { Key, UploadId: wrong };

  expect(await outcomeOf(s3.client.send(new ListPartsCommand({ Bucket, ...ask })))).toBe('404 NoSuchUpload');
});

describe('another writer at the key during an upload', () => {
  test('lets a completion fail that must create, or replace what is no more, and the upload stays', async () => {
    const { ETag: older } = await s3.put('video', 'older');
    const [creating, replacing] = [await sendParts(s3, 'video', [10]), await sendParts(s3, 'video', [10])];
    await s3.put('video', 'newer');

    expect(await outcomeOf(creating.complete({ IfNoneMatch: '*' }))).toBe('412 PreconditionFailed');
    expect(await outcomeOf(replacing.complete({ IfMatch: older }))).toBe('412 PreconditionFailed');
    expect(await s3.text('video')).toBe('newer');

    const { ETag: newer } = await head('video');
    expect(await outcomeOf(replacing.complete({ IfMatch: newer }))).toBe('200');
  });

  test('that deletes lets a completion fail that must replace, and one that must create succeed', async () => {
    const { ETag } = await s3.put('video', 'older');
    const upload = await sendParts(s3, 'video', [10]);
    await s3.client.send(new DeleteObjectCommand({ Bucket, Key: 'video' }));

    expect(await outcomeOf(upload.complete({ IfMatch: ETag }))).toBe('404 NoSuchKey');
    expect(await outcomeOf(upload.complete({ IfNoneMatch: '*' }))).toBe('200');
  });
});

describe('what is checked is what lies on the disk', () => {
  test('so a part that changed there is found by the CRC32 of the whole, and the upload stays', async () => {
    const upload = await sendParts(s3, 'video', [5 * MiB, 10]);
    const crc = { ChecksumType: 'FULL_OBJECT', ChecksumCRC32: crcOf(upload.whole) } as const;
    const [, last = ''] = await s3.uploadFiles(upload.UploadId);
    await writeFile(last, '0123456789');

    expect(await outcomeOf(upload.complete(crc))).toBe('400 BadDigest');
    expect(await outcomeOf(head('video'))).toBe('404 NotFound');
    expect(await s3.incoming()).toEqual([]);

    await upload.send(2, upload.bodies[1] ?? Buffer.alloc(0));
    expect(await outcomeOf(upload.complete(crc))).toBe('200');
  });

  test('so a part that was cut off there is found by the size of the whole', async () => {
    const upload = await sendParts(s3, 'video', [10]);
    const [only = ''] = await s3.uploadFiles(upload.UploadId);
    await writeFile(only, '01234');

    expect(await outcomeOf(upload.complete({ MpuObjectSize: 10 }))).toBe('400 InvalidRequest');
    expect(await s3.incoming()).toEqual([]);
  });
});

describe('of a part that breaks off nothing is listed and nothing stays', () => {
  const halfAPart = `
    import { request } from 'node:http';
    const part = request(process.argv[1], { method: 'PUT', headers: { 'content-length': 8 << 20, expect: '100-continue' } });
    part.on('continue', () => part.write(Buffer.alloc(4 << 20), () => process.send('half')));
    part.flushHeaders();
  `;

  test('when its client is killed', async () => {
    const upload = await sendParts(s3, 'video', [1000]);
    const client = spawn(process.execPath, ['--input-type=module', '--eval', halfAPart, upload.urlOfPart(2)], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    await once(client, 'message');
    client.kill('SIGKILL');
    await once(client, 'exit');

    // It ends when the request has come to its end.
    await s3.close();

    expect(await s3.incoming()).toEqual([]);
    await s3.restart();
    expect(numbersOf(await upload.list())).toEqual([1]);
  });

  test('when the server is killed and started again', async () => {
    const upload = await sendParts(s3, 'video', [1000]);
    await s3.close();
    await writeFile(join(s3.systemFolder, 'incoming', 'half'), 'half');

    await s3.restart();

    expect(await s3.incoming()).toEqual([]);
    expect(numbersOf(await upload.list())).toEqual([1]);
  });
});
