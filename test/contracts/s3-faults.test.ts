// What a client sees of the faults that a test asks the local S3 for, and what is left of its request afterwards.
import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { HeadObjectCommand, ListMultipartUploadsCommand } from '@aws-sdk/client-s3';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { S3Fault } from '../../local/s3/server.ts';
import { Bucket, type LocalS3, MiB, outcomeOf, sendParts, startLocalS3, troubleAt } from './local-s3.ts';

let fault: S3Fault;
let s3: LocalS3;
beforeEach(async () => {
  fault = () => undefined;
  s3 = await startLocalS3({ fault: (request) => fault(request) });
});
afterEach(() => s3.stop());

const isThere = async (Key: string) =>
  (await outcomeOf(s3.client.send(new HeadObjectCommand({ Bucket, Key })))) === '200';

describe('an error in place of the operation', () => {
  test.each([
    { status: 503, code: 'SlowDown' },
    { status: 409, code: 'ConditionalRequestConflict' },
    { status: 403, code: 'AccessDenied' },
    { status: 400, code: 'BadDigest' },
  ])('is answered as $status $code, and nothing is done', async (trouble) => {
    const upload = await sendParts(s3, 'video', [10]);
    fault = ({ operation }) => (operation === 'ListParts' ? undefined : trouble);
    const expected = `${trouble.status} ${trouble.code}`;

    expect(await outcomeOf(s3.put('song', 'la'))).toBe(expected);
    expect(await outcomeOf(upload.send(2, Buffer.from('more')))).toBe(expected);
    expect(await outcomeOf(upload.complete())).toBe(expected);

    fault = () => undefined;
    expect(await isThere('song')).toBe(false);
    expect((await upload.list()).Parts).toMatchObject([{ PartNumber: 1 }]);
    expect(await outcomeOf(upload.complete())).toBe('200');
  });

  test('is answered also where the body is sent without being asked for, and its connection serves on', async () => {
    const upload = await sendParts(s3, 'video', []);
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const sockets = new Set<unknown>();
    const send = async () => {
      const part = request(upload.urlOfPart(1), { method: 'PUT', agent, headers: { 'content-length': 8 * MiB } });
      part.once('socket', (socket) => sockets.add(socket));
      const answered = once(part, 'response');
      part.end(Buffer.alloc(8 * MiB));
      const [response] = await answered;
      return `${response.statusCode} ${(await buffer(response)).toString().includes('SlowDown')}`;
    };
    fault = troubleAt('UploadPart', [1], { status: 503, code: 'SlowDown' });

    const outcomes = [await send(), await send()];
    agent.destroy();

    expect(outcomes).toEqual(['503 true', '200 false']);
    expect(sockets.size).toBe(1);
  });

  test('comes just at the requests that a test counts', async () => {
    fault = troubleAt('PutObject', [2, 4], { status: 503, code: 'SlowDown' });
    const outcomes: string[] = [];

    for (const body of ['1', '2', '3', '4', '5']) outcomes.push(await outcomeOf(s3.put('song', body)));

    expect(outcomes).toEqual(['200', '503 SlowDown', '200', '503 SlowDown', '200']);
  });

  test('comes just to the key, upload and part that a test names', async () => {
    const [one, other] = [await sendParts(s3, 'one', []), await sendParts(s3, 'other', [])];
    fault = ({ key, query }) =>
      key === 'one' && query.get('uploadId') === one.UploadId && query.get('partNumber') === '2'
        ? { status: 503, code: 'SlowDown' }
        : undefined;
    const body = Buffer.from('x');

    expect(await outcomeOf(one.send(1, body))).toBe('200');
    expect(await outcomeOf(one.send(2, body))).toBe('503 SlowDown');
    expect(await outcomeOf(other.send(2, body))).toBe('200');
  });
});

test('a completion that fails after its 200 has been sent is an error to the SDK, and can be made again', async () => {
  const upload = await sendParts(s3, 'video', [1000]);
  fault = troubleAt('CompleteMultipartUpload', [1, 2], 'error-in-200');
  const raw = await fetch(`${s3.url}/${Bucket}/video?uploadId=${upload.UploadId}`, { method: 'POST', body: '<x/>' });

  expect(raw.status).toBe(200);
  expect(await raw.text()).toContain('<Error><Code>InternalError</Code>');
  await expect(upload.complete()).rejects.toMatchObject({ name: 'InternalError' });

  expect(await isThere('video')).toBe(false);
  expect(await outcomeOf(upload.complete())).toBe('200');
});

describe('what the bucket loses', () => {
  test('an upload is gone for this request and all that follow', async () => {
    const upload = await sendParts(s3, 'video', [1000]);
    fault = troubleAt('ListParts', [1], 'lose-upload');

    expect(await outcomeOf(upload.list())).toBe('404 NoSuchUpload');
    expect(await outcomeOf(upload.send(2, Buffer.from('x')))).toBe('404 NoSuchUpload');
    expect(await outcomeOf(upload.complete())).toBe('404 NoSuchUpload');
    expect((await s3.client.send(new ListMultipartUploadsCommand({ Bucket }))).Uploads).toBeUndefined();
  });

  test('an upload is gone when a part, a completion or an abort of it comes', async () => {
    const [one, two, three] = [
      await sendParts(s3, 'one', [9]),
      await sendParts(s3, 'two', [9]),
      await sendParts(s3, 'three', [9]),
    ];
    fault = ({ operation }) => (operation === 'HeadObject' ? undefined : 'lose-upload');

    expect(await outcomeOf(one.send(1, Buffer.from('x')))).toBe('404 NoSuchUpload');
    expect(await outcomeOf(two.complete())).toBe('404 NoSuchUpload');
    expect(await outcomeOf(three.abort())).toBe('404 NoSuchUpload');
    expect(await isThere('two')).toBe(false);
  });

  test('a part is gone from the list, can no more be named, and can be sent again', async () => {
    const upload = await sendParts(s3, 'video', [5 * MiB, 5 * MiB, 10]);
    fault = troubleAt('ListParts', [1], { losePart: 2 });

    expect((await upload.list()).Parts?.map(({ PartNumber }) => PartNumber)).toEqual([1, 3]);
    expect(await outcomeOf(upload.complete())).toBe('400 InvalidPart');

    await upload.send(2, upload.bodies[1] ?? Buffer.alloc(0));
    expect(await outcomeOf(upload.complete())).toBe('200');
    expect(upload.whole.equals(await s3.bytes('video'))).toBe(true);
  });

  test('a part is gone when the completion comes', async () => {
    const upload = await sendParts(s3, 'video', [10]);
    fault = troubleAt('CompleteMultipartUpload', [1], { losePart: 1 });

    expect(await outcomeOf(upload.complete())).toBe('400 InvalidPart');
  });
});

test('a fault that means nothing in a request is refused, so that no test passes for want of it', async () => {
  await s3.put('song', 'la');
  fault = ({ operation }) => (operation === 'GetObject' ? 'cut-body' : 'error-in-200');

  await expect(s3.text('song')).rejects.toMatchObject({ name: 'NotImplemented' });
  expect(await outcomeOf(s3.put('song', 'la'))).toBe('501 NotImplemented');
});
