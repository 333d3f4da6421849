// What a client sees of a bad way to the local S3, where a test asks for one, and what is left of its request
// afterwards.
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { request } from 'node:http';
import { HeadObjectCommand } from '@aws-sdk/client-s3';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { S3Fault } from '../../local/s3/server.ts';
import { Bucket, type LocalS3, MiB, outcomeOf, sendParts, startLocalS3, troubleAt } from './local-s3.ts';

const broken = /ECONNRESET|EPIPE|socket hang up/;

let fault: S3Fault;
let s3: LocalS3;
beforeEach(async () => {
  fault = () => undefined;
  s3 = await startLocalS3({ fault: (request) => fault(request) });
});
afterEach(() => s3.stop());

const isThere = async (Key: string) =>
  (await outcomeOf(s3.client.send(new HeadObjectCommand({ Bucket, Key })))) === '200';

describe('a connection that breaks', () => {
  test('before the request is read leaves nothing done', async () => {
    fault = troubleAt('PutObject', [1], 'cut');

    await expect(s3.put('song', 'la')).rejects.toThrow(broken);

    expect(await isThere('song')).toBe(false);
  });

  test('after half of an object leaves no object and no file', async () => {
    fault = troubleAt('PutObject', [1], 'cut-body');

    await expect(s3.put('song', Buffer.alloc(8 * MiB, 'a'))).rejects.toThrow(broken);

    expect(await isThere('song')).toBe(false);
    expect(await s3.incoming()).toEqual([]);
  });

  test('after half of a part leaves the part that was there', async () => {
    const upload = await sendParts(s3, 'video', [1000]);
    fault = troubleAt('UploadPart', [1], 'cut-body');

    await expect(upload.send(1, Buffer.alloc(8 * MiB, 'a'))).rejects.toThrow(broken);

    expect((await upload.list()).Parts).toMatchObject([{ Size: 1000, ETag: upload.Parts[0]?.ETag }]);
    expect(await s3.incoming()).toEqual([]);
  });

  test('after half of a completion, which names parts enough for an object, leaves the upload to be completed', async () => {
    const upload = await sendParts(s3, 'video', [5 * MiB, 5 * MiB, 10]);
    fault = troubleAt('CompleteMultipartUpload', [1], 'cut-body');

    await expect(upload.complete()).rejects.toThrow(broken);

    expect(await isThere('video')).toBe(false);
    expect(await outcomeOf(upload.complete())).toBe('200');
  });

  test('before the answer leaves the object there, and a second write that must create is refused', async () => {
    fault = troubleAt('PutObject', [1], 'lose-answer');

    await expect(s3.put('song', 'la', { IfNoneMatch: '*' })).rejects.toThrow(broken);

    expect(await outcomeOf(s3.put('song', 'la', { IfNoneMatch: '*' }))).toBe('412 PreconditionFailed');
    expect(await s3.text('song')).toBe('la');
  });

  test('before the answer to a part leaves the part there', async () => {
    const upload = await sendParts(s3, 'video', []);
    fault = troubleAt('UploadPart', [1], 'lose-answer');

    await expect(upload.send(1, Buffer.from('part'))).rejects.toThrow(broken);

    expect((await upload.list()).Parts).toMatchObject([{ PartNumber: 1, Size: 4 }]);
  });

  test('before the answer to a completion leaves the object there, and the completion can be repeated', async () => {
    const upload = await sendParts(s3, 'video', [1000]);
    fault = troubleAt('CompleteMultipartUpload', [1], 'lose-answer');

    await expect(upload.complete({ IfNoneMatch: '*' })).rejects.toThrow(broken);

    expect(upload.whole.equals(await s3.bytes('video'))).toBe(true);
    expect(await outcomeOf(upload.complete({ IfNoneMatch: '*' }))).toBe('200');
  });

  test('before the answer keeps a refusal from its client too', async () => {
    await s3.put('song', 'first');
    fault = troubleAt('PutObject', [1], 'lose-answer');

    await expect(s3.put('song', 'second', { IfNoneMatch: '*' })).rejects.toThrow(broken);

    expect(await s3.text('song')).toBe('first');
  });
});

test('an answer that never comes keeps its client waiting, holds up no one else, and does nothing', async () => {
  const upload = await sendParts(s3, 'video', []);
  fault = ({ query }) => (query.get('partNumber') === '1' ? 'hang' : undefined);
  // More than the system holds between the two, so it is sent only if it is read.
  const body = Buffer.alloc(64 * MiB);
  const part = request(upload.urlOfPart(1), { method: 'PUT', headers: { 'content-length': body.length } });
  const waiting = once(part, 'response').then(
    () => 'answered',
    () => 'broken',
  );
  const sent = once(part, 'finish');
  part.end(body);

  await sent;
  await upload.send(2, Buffer.from('x'));
  const { Parts } = await upload.list();

  expect(await Promise.race([waiting, 'still waiting'])).toBe('still waiting');
  expect(Parts).toMatchObject([{ PartNumber: 2 }]);

  await s3.close();
  expect(await waiting).toBe('broken');
});

describe('a bit that flips on the way', () => {
  test('is refused by the checksum of an object or a part, and nothing is stored', async () => {
    const upload = await sendParts(s3, 'video', []);
    fault = () => 'flip-bit';

    expect(await outcomeOf(s3.put('song', 'la'))).toBe('400 BadDigest');
    expect(await outcomeOf(upload.send(1, Buffer.from('part')))).toBe('400 BadDigest');

    fault = () => undefined;
    expect((await upload.list()).Parts ?? []).toEqual([]);
    expect(await isThere('song')).toBe(false);
  });

  test('is stored where no checksum was sent, and found by the checksum of the whole', async () => {
    const upload = await sendParts(s3, 'video', [5 * MiB]);
    fault = troubleAt('UploadPart', [1], 'flip-bit');
    const body = randomBytes(MiB);
    const { status, headers } = await fetch(upload.urlOfPart(2), { method: 'PUT', body });
    const Parts = [...upload.Parts, { PartNumber: 2, ETag: headers.get('etag') ?? '' }];
    const completed = (more: object) => outcomeOf(upload.complete({ MultipartUpload: { Parts }, ...more }));

    expect(status).toBe(200);
    expect(await completed({ ChecksumType: 'FULL_OBJECT', ChecksumCRC32: 'AAAAAA==' })).toBe('400 BadDigest');
    expect(await completed({})).toBe('200');

    body[0] = (body[0] ?? 0) ^ 1;
    expect(body.equals((await s3.bytes('video')).subarray(5 * MiB))).toBe(true);
  });
});
