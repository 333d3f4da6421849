// The bucket that is found without the SDK is the one that the SDK finds.
import { expect, test } from 'vitest';
import { regionalBucketUrl } from '../../../../functions/adapters/s3/regional-bucket-url.ts';
import { bucketUrl, createS3Client } from '../../../../functions/adapters/s3/s3-client.ts';

const account = { AWS_REGION: 'eu-west-1', AWS_ACCESS_KEY_ID: 'id', AWS_SECRET_ACCESS_KEY: 'secret' };
const withoutSlash = (url: URL) => url.href.replace(/\/$/, '');

test.each([
  [{}],
  [{ AWS_REGION: 'us-east-1' }],
  [{ AWS_REGION: 'ap-southeast-4' }],
  [{ AWS_REGION: 'us-gov-west-1' }],
  [{ AWS_REGION: 'cn-north-1' }],
  [{ AWS_ENDPOINT_URL: 'http://localhost:9000' }],
  [{ AWS_ENDPOINT_URL: 'http://a.b', AWS_ENDPOINT_URL_S3: 'http://127.0.0.1:9/s3/' }],
  [{ AWS_ENDPOINT_URL_S3: 'https://[::1]:9000' }],
])('with %o', async (variables) => {
  const environment = { ...account, ...variables };
  const client = createS3Client(environment, {});

  for (const name of ['music', 'my-music-3', 'my.music']) {
    expect(withoutSlash(regionalBucketUrl(name, environment))).toBe(withoutSlash(await bucketUrl(client, name)));
  }
});

test('without a region there is no address', () => {
  expect(() => regionalBucketUrl('music', { ...account, AWS_REGION: '' })).toThrow('AWS_REGION must be set');
});
