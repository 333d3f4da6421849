// The metadata of an object is hostile text: it may break no header, and prevent no file from being stored.
import { HeadObjectCommand } from '@aws-sdk/client-s3';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { contentDisposition } from '../../../../functions/domain/file-name.ts';
import { decodeMetadataValue, encodeMetadata } from '../../../../functions/domain/object-metadata.ts';
import { Bucket } from '../../../contracts/local-s3.ts';
import { setUpS3 } from './s3-setup.ts';

const hostile = [
  'la\r\nx-amz-acl: public-read',
  'nul\u0000 and bell\u0007',
  'say "la"; filename=other.exe',
  "l'été (remix) 100%",
  'ελληνικά 日本語 🎵',
  '\u202egnp.3pm',
  'half a pair \ud83c',
  '  much   air  ',
  '',
];
const text = fc.oneof(
  fc.constantFrom(...hostile),
  fc.string({ unit: 'binary' }),
  fc.array(fc.integer({ min: 0, max: 0xffff })).map((units) => String.fromCharCode(...units)),
);
/** Characters that HTTP accepts in a header unencoded, and no proxy changes. */
const plain = /^([!-~]+( [!-~]+)*)?$/;

test('no title and no id breaks a header', () => {
  fc.assert(
    fc.property(text, text, text, (title, taskid, trackid) => {
      const values = [contentDisposition(title, 'mp3'), ...Object.values(encodeMetadata({ taskid, trackid }))];

      for (const value of values) expect(value).toMatch(plain);
    }),
    { numRuns: 2_000, examples: hostile.map((each) => [each, each, each]) },
  );
});

test('any title and any id comes back from S3, of an object and of an upload', async () => {
  const { s3, bucket } = await setUpS3();
  const carried = async (Key: string) => {
    const { ContentDisposition, Metadata } = await s3.client.send(new HeadObjectCommand({ Bucket, Key }));
    return { ContentDisposition, trackid: decodeURIComponent(Metadata?.trackid ?? '') };
  };

  await fc.assert(
    fc.asyncProperty(text, text, async (title, id) => {
      const head = {
        contentType: 'audio/mpeg',
        contentDisposition: contentDisposition(title, 'mp3'),
        metadata: { taskid: id, trackid: id },
      };
      await bucket.write('song', 'la', head);
      const upload = bucket.upload('video', await bucket.startUpload('video', head));
      const part = await upload.part(1, Buffer.alloc(0), 0);
      await upload.complete([part], { bytes: 0, crc32: part.crc32 });

      const expected = { ContentDisposition: head.contentDisposition, trackid: id.toWellFormed() };
      expect(await carried('song')).toEqual(expected);
      expect(await carried('video')).toEqual(expected);
      expect(await bucket.head('song')).toMatchObject({ taskId: id.toWellFormed() });
    }),
    { numRuns: 50, examples: hostile.map((each) => [each, each]) },
  );
});

test('metadata that S3 would refuse for its length goes without its longest', async () => {
  const head = { contentType: 'audio/mpeg', metadata: { trackid: 'x'.repeat(100_000), taskid: 'task-1', note: 'la' } };
  const { bucket } = await setUpS3();

  await bucket.write('song', 'la', head);

  expect(encodeMetadata(head.metadata)).toEqual({ taskid: 'task-1', note: 'la' });
  expect(await bucket.head('song')).toMatchObject({ taskId: 'task-1' });
});

test('metadata never exceeds what S3 takes, and is all there where it fits', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.stringMatching(/^[a-z]{1,20}$/), fc.string({ maxLength: 900 })), (metadata) => {
      const encoded = Object.entries(metadata).map(([name, value]) => [name, encodeURIComponent(value)] as const);
      const bytesOf = (pairs: readonly (readonly [string, string])[]) => pairs.flat().join('').length;

      const sent = encodeMetadata(metadata);

      expect(bytesOf(Object.entries(sent))).toBeLessThanOrEqual(2_048);
      if (bytesOf(encoded) <= 2_000) expect(sent).toEqual(Object.fromEntries(encoded));
    }),
  );
});

test('an id that someone else has written in another way is read as it stands', async () => {
  const { s3, bucket } = await setUpS3();
  await s3.put('theirs', 'la', { Metadata: { taskid: '100%' } });

  expect(await bucket.head('theirs')).toMatchObject({ taskId: '100%' });
  expect(decodeMetadataValue('t%C3%A4sk')).toBe('täsk');
});
