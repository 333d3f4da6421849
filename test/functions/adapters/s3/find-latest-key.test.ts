import { expect, onTestFinished, test } from 'vitest';
import { createFindLatestKey } from '../../../../functions/adapters/s3/s3-bucket.ts';
import { UnavailableError } from '../../../../functions/domain/errors.ts';
import { Bucket } from '../../../contracts/local-s3.ts';
import { reply, startAwsServer } from '../../../doubles/aws-server.ts';
import { bucketAt, callAt, head, setUpS3 } from './s3-setup.ts';

const latestAt = (url: string) => createFindLatestKey(Bucket, callAt(url));

async function startListing(...objects: [key: string, modified: string][]) {
  const contents = objects.map(
    ([key, modified]) => `<Contents><Key>${key}</Key><LastModified>${modified}</LastModified></Contents>`,
  );
  const xml = `<?xml version="1.0"?><ListBucketResult><IsTruncated>false</IsTruncated>${contents.join('')}</ListBucketResult>`;
  const server = await startAwsServer({ behaviours: [reply(200, xml, { 'content-type': 'application/xml' })] });
  onTestFinished(server.close);
  return server;
}

test('of the keys that begin so, the one that was written last is found, wherever it stands', async () => {
  const { origin, requests } = await startListing(
    ['callbacks/t/complete-1', '2026-11-20T10:00:00.000Z'],
    ['callbacks/t/complete-2', '2026-11-20T10:00:05.000Z'],
    ['callbacks/t/complete-3', '2026-11-20T10:00:04.000Z'],
  );

  expect(await latestAt(origin)('callbacks/t/complete-')).toBe('callbacks/t/complete-2');

  expect(requests.map(({ path }) => path)).toEqual([
    expect.stringContaining('list-type=2&prefix=callbacks%2Ft%2Fcomplete-'),
  ]);
});

test('of keys of one second the last by name is taken, so that it is the same each time', async () => {
  const { origin } = await startListing(['a-1', '2026-11-20T10:00:00.000Z'], ['a-2', '2026-11-20T10:00:00.000Z']);

  expect(await latestAt(origin)('a-')).toBe('a-2');
});

test('where none begins so, there is none', async () => {
  const { s3, bucket } = await setUpS3();
  await bucketAt(s3.url).write('callbacks/t/first-1', '{}', head);
  await bucket.write('callbacks/other/complete-1', '{}', head);

  expect(await latestAt(s3.url)('callbacks/t/complete-')).toBeUndefined();
});

test('a bucket that cannot be listed is an outage', async () => {
  const fault = ({ operation }: { operation: string }) =>
    operation === 'ListObjectsV2' ? { status: 403, code: 'AccessDenied' } : undefined;
  const { s3 } = await setUpS3({ fault });

  await expect(latestAt(s3.url)('callbacks/')).rejects.toThrow(UnavailableError);
});
