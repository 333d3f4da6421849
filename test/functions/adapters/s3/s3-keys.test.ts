// A key addresses the same object, whether our HTTP handler sends the request or the SDK's own.
import { PutObjectCommand, S3Client, UploadPartCommand } from '@aws-sdk/client-s3';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Bucket } from '../../../contracts/local-s3.ts';
import { reply } from '../../../doubles/aws-server.ts';
import { checkSignature } from '../../../doubles/check-signature.ts';
import { anyKey, anyText, trickyKeys } from './hostile-keys.ts';
import { head, sendPart, setUpS3, setUpServer } from './s3-setup.ts';

/** Both send the same requests to a server that accepts anything. @returns the paths that arrived, ours first */
async function openComparison() {
  const { server, bucket } = await setUpServer([reply(200, '', { etag: '"e"' })]);
  const client = new S3Client({
    endpoint: server.origin,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    forcePathStyle: true,
  });
  return {
    bucket,
    server,
    client,
    arrived() {
      const paths = server.requests.slice(-2).map(({ path }) => path);
      const [ours] = server.requests.slice(-2);
      return { paths, signature: ours && checkSignature(ours, 'local') };
    },
  };
}

describe('any key, however hostile,', () => {
  test('is addressed as the SDK addresses it, and signed so that S3 takes it', async () => {
    const { bucket, client, arrived } = await openComparison();

    await fc.assert(
      fc.asyncProperty(anyKey, async (key) => {
        await bucket.write(key, 'la', head);
        await client.send(new PutObjectCommand({ Bucket, Key: key, Body: 'la' }));

        const { paths, signature } = arrived();
        expect(paths[0]).toBe(paths[1]);
        expect(signature).toMatchObject({ service: 's3' });
      }),
      { numRuns: 300, examples: trickyKeys.map((key) => [key]) },
    );
  });

  test('and any upload id are so in a part of an upload too', async () => {
    const { bucket, client, arrived } = await openComparison();
    const part = fc.tuple(anyKey, anyText, fc.integer({ min: 1, max: 10_000 }));

    await fc.assert(
      fc.asyncProperty(part, async ([key, uploadId, number]) => {
        await sendPart(bucket.upload(key, uploadId), number, 'la');
        await client.send(
          new UploadPartCommand({ Bucket, Key: key, UploadId: uploadId, PartNumber: number, Body: 'la' }),
        );

        const { paths, signature } = arrived();
        const [ours, theirs] = paths.map((path) => new URL(path, 'http://s3'));
        expect(ours?.pathname).toBe(theirs?.pathname);
        const [sent, expected] = [ours, theirs].map((url) => Object.fromEntries(url?.searchParams ?? []));
        expect(sent).toEqual(expected);
        expect(sent).toMatchObject({ partNumber: String(number), uploadId });
        expect(signature).toMatchObject({ service: 's3' });
      }),
      { numRuns: 150 },
    );
  });

  test('leads to the bytes that were written there', async () => {
    const { s3, bucket } = await setUpS3();
    // The local S3 stores keys as file paths, and refuses keys that are no path.
    const isPath = (key: string) => key.split('/').every((segment) => segment !== '' && !/[\0\\]/.test(segment));
    let count = 0;

    await fc.assert(
      fc.asyncProperty(anyKey.filter(isPath), async (rest) => {
        const key = `${++count}/${rest}`;
        await bucket.write(key, [Buffer.from(key)], head, 'absent');

        expect(await s3.text(key)).toBe(key);
        expect(await bucket.read(key)).toMatchObject({ text: key });
        expect(await bucket.write(key, 'another', head, 'absent')).toBe(false);
      }),
      { numRuns: 150, examples: trickyKeys.filter(isPath).map((key) => [key]) },
    );
  });
});

test.each(['', '.', '..', 'a/../b', 'library/./x', '../../etc/passwd', 'half a pair \ud83c'])(
  'a key that a URL cannot hold is refused before anything is sent: %j',
  async (key) => {
    const { server, bucket } = await setUpServer([reply(200, '', { etag: '"e"' })]);

    await expect(bucket.write(key, 'la', head)).rejects.toThrow();
    await expect(sendPart(bucket.upload(key, 'id'), 1, 'la')).rejects.toThrow();

    expect(server.requests).toEqual([]);
  },
);
