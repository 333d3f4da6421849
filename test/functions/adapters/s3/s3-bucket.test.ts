// The requests that the adapter sends to S3.
import { readFileSync } from 'node:fs';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { crc32 } from 'node:zlib';
import { HeadObjectCommand } from '@aws-sdk/client-s3';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createCallAws, createS3Client } from '../../../../functions/adapters/aws/clients.ts';
import { createS3Bucket } from '../../../../functions/adapters/s3/s3-bucket.ts';
import { Bucket } from '../../../contracts/local-s3.ts';
import { reply, startAwsServer } from '../../../doubles/aws-server.ts';
import { head, sendPart, setUpS3, setUpServer, whole } from './s3-setup.ts';

const taken = reply(200, '', { etag: '"e"' });
const pem = (name: string) => readFileSync(new URL(`../../../fixtures/tls/${name}.pem`, import.meta.url));

describe('a write', () => {
  test.each(['http', 'https'])(
    'over %s is sent with its CRC32, and without a hash that costs more than the upload',
    async (scheme) => {
      const trusted = getCACertificates('default');
      setDefaultCACertificates([...trusted, pem('ca').toString()]);
      onTestFinished(() => setDefaultCACertificates(trusted));
      const tls = scheme === 'https' ? { tls: { key: pem('key'), cert: pem('leaf') } } : {};
      const server = await startAwsServer({ behaviours: [taken], ...tls });
      onTestFinished(server.close);
      const environment = { AWS_REGION: 'r', AWS_ACCESS_KEY_ID: 'i', AWS_SECRET_ACCESS_KEY: 's' };
      const bucket = createS3Bucket(
        'music',
        createCallAws(createS3Client({ ...environment, AWS_ENDPOINT_URL_S3: server.origin })),
      );

      await bucket.write('library/song.mp3', [Buffer.from('la '), Buffer.from('la')], head, 'absent');

      expect(server.requests).toHaveLength(1);
      expect(server.requests[0]).toMatchObject({
        method: 'PUT',
        path: '/music/library/song.mp3?x-id=PutObject',
        body: Buffer.from('la la'),
      });
      expect(server.requests[0]?.headers).toMatchObject({
        'x-amz-content-sha256': 'UNSIGNED-PAYLOAD',
        'x-amz-checksum-crc32': whole('la la').crc32,
        'content-length': '5',
      });
    },
  );

  test.each([
    ['absent', { 'if-none-match': '*' }],
    [{ etag: '"seen"' }, { 'if-match': '"seen"' }],
  ] as const)('that depends on %o says so', async (condition, headers) => {
    const { server, bucket } = await setUpServer([taken]);

    await bucket.write('song', 'la', head, condition);

    expect(server.requests[0]?.headers).toMatchObject(headers);
  });

  test('that depends on nothing asks for nothing', async () => {
    const { server, bucket } = await setUpServer([taken]);

    await bucket.write('song', 'la', head);

    expect(Object.keys(server.requests[0]?.headers ?? {}).filter((name) => name.startsWith('if-'))).toEqual([]);
  });

  test('takes the CRC32 that it is given for that of the body, so that S3 finds out what happened before', async () => {
    const { bucket } = await setUpS3();

    await expect(bucket.write('song', 'flipped', { ...head, crc32: crc32('whole') })).rejects.toThrow('BadDigest');
  });

  test('of nothing is an object of no bytes', async () => {
    const { bucket } = await setUpS3();

    await bucket.write('empty', [], head);

    expect(await bucket.head('empty')).toMatchObject(whole());
  });
});

test('the type of an object is the one that was given, however it was written', async () => {
  const { s3, bucket } = await setUpS3();

  await bucket.write('song', 'la', head);
  const upload = bucket.upload('video', await bucket.startUpload('video', { contentType: 'video/mp4' }));
  await upload.complete([await sendPart(upload, 1, 'la')], whole('la'));

  const typeOf = async (Key: string) => (await s3.client.send(new HeadObjectCommand({ Bucket, Key }))).ContentType;
  expect(await typeOf('song')).toBe('audio/mpeg');
  expect(await typeOf('video')).toBe('video/mp4');
});

test('an object of an unknown writer belongs to no task', async () => {
  const { s3, bucket } = await setUpS3();
  await s3.put('theirs', 'la');

  expect(await bucket.head('theirs')).toMatchObject({ bytes: 2, taskId: null });
});

test('a checksum of checksums says nothing of the bytes, and is none', async () => {
  const composite = { 'x-amz-checksum-crc32': 'AAAAAA==-2', 'x-amz-checksum-type': 'COMPOSITE' };
  const { bucket } = await setUpServer([reply(200, '', { etag: '"e-2"', ...composite })]);

  expect(await bucket.head('theirs')).toMatchObject({ etag: '"e-2"', crc32: null });
});
