// Responses that S3 should not send: each gets a clear error, and every call ends.
import { once } from 'node:events';
import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { UnavailableError } from '../../../../functions/domain/errors.ts';
import type { Bucket } from '../../../../functions/ports.ts';
import { MiB, troubleAt } from '../../../contracts/local-s3.ts';
import { type Behaviour, cut, reply, trickle } from '../../../doubles/aws-server.ts';
import { bucketAt, head, sendPart, setUpS3, setUpServer, whole } from './s3-setup.ts';

const xml = (content: string) => `<?xml version="1.0" encoding="UTF-8"?>\n${content}`;
const completed = whole('all');

/** All operations of the bucket. */
const operations: readonly [string, (bucket: Bucket) => Promise<unknown>][] = [
  ['GetObject', (bucket) => bucket.read('song')],
  ['HeadObject', (bucket) => bucket.head('song')],
  ['PutObject', (bucket) => bucket.write('song', 'la', head, 'absent')],
  ['CreateMultipartUpload', (bucket) => bucket.startUpload('song', head)],
  ['UploadPart', (bucket) => sendPart(bucket.upload('song', 'id'), 1, 'part')],
  ['ListParts', (bucket) => bucket.upload('song', 'id').parts()],
  ['CompleteMultipartUpload', (bucket) => bucket.upload('song', 'id').complete([], completed)],
  ['AbortMultipartUpload', (bucket) => bucket.upload('song', 'id').abort()],
];
const failureOf = async (work: Promise<unknown>) => {
  const [end] = await Promise.allSettled([work]);
  return end?.status === 'rejected' ? end.reason : undefined;
};

describe.each(operations)('the failure of %s', (operation, ask) => {
  test('names the operation, the key and what S3 calls it, and nothing of what was signed', async () => {
    const refused = reply(
      403,
      xml(
        `<Error><Code>SignatureDoesNotMatch</Code><Message>It does not match ${'at all '.repeat(200)}\nmore</Message><AWSAccessKeyId>AKID</AWSAccessKeyId>
         <CanonicalRequest>PUT\nx-amz-security-token:SESSION</CanonicalRequest></Error>`,
      ),
    );
    const { bucket } = await setUpServer([refused]);

    const failure = await failureOf(ask(bucket));

    // A response to HEAD has no body, and so no error code.
    const code = operation === 'HeadObject' ? '' : 'SignatureDoesNotMatch';
    expect(failure.message).toMatch(new RegExp(`^${operation} (1 of )?song: 403 ${code}`));
    expect(failure).toBeInstanceOf(UnavailableError);
    expect(failure.message).not.toMatch(/more|UnknownError/);
    expect(failure.message.length).toBeLessThan(400);
    expect(inspect(failure, { depth: 9, showHidden: true })).not.toMatch(/SESSION|AKID/);
  });

  test('where no one listens says whom it asked', async () => {
    const server = await setUpServer([]);
    await server.server.close();

    const failure = await failureOf(ask(server.bucket));

    expect(failure).toBeInstanceOf(UnavailableError);
    expect(failure.message).toContain('ECONNREFUSED');
  });

  test('is one also where a page comes in place of an answer', async () => {
    const { bucket } = await setUpServer([reply(404, '<html><body>no such thing</body></html>')]);

    const answered = await Promise.allSettled([ask(bucket)]);

    // A 404 is a valid response to HEAD.
    const unavailable = { status: 'rejected', reason: expect.any(UnavailableError) };
    expect(answered[0]).toEqual(operation === 'HeadObject' ? { status: 'fulfilled', value: undefined } : unavailable);
  });
});

describe('a body that is read', () => {
  test.each([
    ['is longer than it may be', reply(200, Buffer.alloc(8 * MiB + 1), { etag: '"e"' })],
    ['never ends', endless],
  ])('and %s is not read to its end, and its connection is closed', async (_, behaviour) => {
    const closed = Promise.withResolvers<unknown>();
    const { bucket } = await setUpServer([
      async (asked) => {
        asked.request.socket.once('close', closed.resolve);
        await behaviour(asked);
      },
    ]);

    const failure = await failureOf(bucket.read('song'));

    // S3 did what it was asked to do, so a retry would not help.
    expect(failure).not.toBeInstanceOf(UnavailableError);
    expect(failure.message).toContain('a body of over 8388608 bytes');
    await closed.promise;
  });

  test('and is cut is no shorter body', async () => {
    const { bucket } = await setUpServer([cut]);

    await expect(bucket.read('song')).rejects.toThrow('GetObject song');
  });

  test('and stops coming is left', async () => {
    const { bucket } = await setUpServer([withLength(1_000)], { idleMs: 50 });

    await expect(bucket.read('song')).rejects.toThrow('GetObject song');
  });

  test('and comes byte by byte is left', async () => {
    const { bucket } = await setUpServer([trickle], { totalMs: 200 });

    const failure = await failureOf(bucket.read('song'));

    expect(failure).toEqual(new UnavailableError('GetObject song: no complete response within 200 ms'));
  });

  test('and is not what its checksum says is a failure', async () => {
    const { bucket } = await setUpServer([reply(200, 'lb', { etag: '"e"', 'x-amz-checksum-crc32': 'AAAAAA==' })]);

    await expect(bucket.read('song')).rejects.toThrow('GetObject song: Error: Checksum mismatch');
  });
});

describe('an answer of 200', () => {
  test('to a PUT that does not say what was written is a failure', async () => {
    const { bucket } = await setUpServer([reply(200, '<html>')]);

    await expect(bucket.write('song', 'la', head)).rejects.toThrow('PutObject song: 200');
    await expect(sendPart(bucket.upload('video', 'id'), 1, 'la')).rejects.toThrow('UploadPart 1 of video: 200');
  });

  test('to a new upload that does not name it is a failure', async () => {
    const { bucket } = await setUpServer([
      reply(200, xml('<InitiateMultipartUploadResult></InitiateMultipartUploadResult>')),
    ]);

    await expect(bucket.startUpload('video', head)).rejects.toThrow('did not name it');
  });
});

test.each([
  [412, 'refused'],
  [409, 'conflict'],
] as const)('a %s without a body is recognised by its status', async (status, completion) => {
  const { bucket } = await setUpServer([reply(status)]);

  expect(await bucket.upload('video', 'id').complete([], completed, 'absent')).toBe(completion);
  expect(await bucket.write('song', 'la', head, 'absent')).toBe(false);
});

test('a checksum of checksums, as other programs make them, is not that of the bytes', async () => {
  const composite = {
    etag: '"e"',
    'content-length': '5',
    'x-amz-checksum-crc32': 'AAAAAA==-2',
    'x-amz-checksum-type': 'COMPOSITE',
  };
  const { bucket } = await setUpServer([reply(200, '', composite)]);

  expect(await bucket.head('theirs')).toEqual({ etag: '"e"', bytes: 5, crc32: null, taskId: null, asset: null });
});

describe('a list of parts', () => {
  const part = (number: number) =>
    `<Part><PartNumber>${number}</PartNumber><ETag>"e"</ETag><Size>5</Size><ChecksumCRC32>AAAAAA==</ChecksumCRC32></Part>`;
  const page = (...content: string[]) => reply(200, xml(`<ListPartsResult>${content.join('')}</ListPartsResult>`));
  const more = (next: string) => `<IsTruncated>true</IsTruncated><NextPartNumberMarker>${next}</NextPartNumberMarker>`;

  test('is read page by page, each from where the one before it ended', async () => {
    const { server, bucket } = await setUpServer([page(part(1), part(7), more('7')), page(part(10_000))]);

    const parts = await bucket.upload('video', 'id').parts();

    expect(parts?.map(({ number }) => number)).toEqual([1, 7, 10_000]);
    expect(
      server.requests.map(({ path }) => new URL(path, 'http://s3').searchParams.get('part-number-marker')),
    ).toEqual([null, '7']);
  });

  test.each(['7', '3', '0', '', 'x'])('that does not get on (%j after 7) has an end', async (next) => {
    const { server, bucket } = await setUpServer([page(part(7), more('7')), page(part(7), more(next))]);

    await expect(bucket.upload('video', 'id').parts()).rejects.toThrow(/without an end/);

    expect(server.requests).toHaveLength(2);
  });

  test('leaves out a part whose checksum S3 does not tell', async () => {
    const { bucket } = await setUpServer([
      page(part(1), '<Part><PartNumber>2</PartNumber><ETag>"e"</ETag><Size>5</Size></Part>'),
    ]);

    expect(await bucket.upload('video', 'id').parts()).toMatchObject([{ number: 1 }]);
  });

  test('that is gone on its second page is that of no upload', async () => {
    const gone = reply(404, xml('<Error><Code>NoSuchUpload</Code></Error>'));
    const { bucket } = await setUpServer([page(part(1), more('1')), gone]);

    expect(await bucket.upload('video', 'id').parts()).toBeUndefined();
  });
});

test('a call that is repeated again and again ends with its limit, whatever is left to try', async () => {
  const { s3 } = await setUpS3({ fault: () => 'hang' });
  const bucket = bucketAt(s3.url, { idleMs: 10_000, totalMs: 100 });

  await expect(bucket.head('song')).rejects.toThrow('HeadObject song: no complete response within 100 ms');
});

test('what one request met is no matter of the next', async () => {
  const { bucket } = await setUpS3({ fault: troubleAt('PutObject', [1], { status: 403, code: 'AccessDenied' }) });

  await expect(bucket.write('song', 'la', head)).rejects.toThrow('AccessDenied');

  expect(await bucket.write('song', 'la', head)).toBeTruthy();
});

/** Sends half of the announced bytes, and then nothing more. */
function withLength(bytes: number): Behaviour {
  return ({ response }) => response.writeHead(200, { 'content-length': bytes }).write(Buffer.alloc(bytes / 2));
}

async function endless({ response }: Parameters<Behaviour>[0]): Promise<void> {
  response.writeHead(200);
  const closed = once(response, 'close');
  while (!response.destroyed) {
    if (!response.write(Buffer.alloc(MiB))) await Promise.race([once(response, 'drain'), closed]);
  }
}
