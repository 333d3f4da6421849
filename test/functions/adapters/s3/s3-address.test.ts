// Where the adapter finds a bucket. It asks the SDK, so that both halves of it find the same one.
import { PutObjectCommand } from '@aws-sdk/client-s3';
import fc from 'fast-check';
import { afterEach, expect, test, vi } from 'vitest';
import { objectUrl } from '../../../../functions/adapters/s3/object-url.ts';
import { bucketUrl, createS3Client } from '../../../../functions/adapters/s3/s3-client.ts';
import { anyKey, trickyKeys } from './hostile-keys.ts';

const account = { AWS_REGION: 'eu-west-1', AWS_ACCESS_KEY_ID: 'id', AWS_SECRET_ACCESS_KEY: 'secret' };
const addressOf = async (environment: Record<string, string>, bucketName = 'music') =>
  String(await bucketUrl(createS3Client({ ...account, ...environment }, {}), bucketName));

afterEach(() => {
  vi.unstubAllEnvs();
});

test.each([
  [{}, 'https://music.s3.eu-west-1.amazonaws.com/'],
  [{ AWS_REGION: 'us-east-1' }, 'https://music.s3.us-east-1.amazonaws.com/'],
  [{ AWS_REGION: 'cn-north-1' }, 'https://music.s3.cn-north-1.amazonaws.com.cn/'],
  [{ AWS_REGION: 'eusc-de-east-1' }, 'https://music.s3.eusc-de-east-1.amazonaws.eu/'],
  [{ AWS_ENDPOINT_URL: 'http://localhost:9000' }, 'http://localhost:9000/music'],
  [{ AWS_ENDPOINT_URL: 'http://a.b', AWS_ENDPOINT_URL_S3: 'http://127.0.0.1:9/s3/' }, 'http://127.0.0.1:9/s3/music'],
  [{ AWS_ENDPOINT_URL_S3: 'https://[::1]:9000' }, 'https://[::1]:9000/music'],
])('with %o a bucket is found at %s', async (environment, url) => {
  expect(await addressOf(environment)).toBe(url);
});

test('a bucket with a dot in its name is found in the path: no certificate holds for it as a host', async () => {
  expect(await addressOf({}, 'my.music')).toBe('https://s3.eu-west-1.amazonaws.com/my.music');
});

test('the variables that the SDK knows beside ours hold for all requests', async () => {
  vi.stubEnv('AWS_USE_FIPS_ENDPOINT', 'true');
  vi.stubEnv('AWS_USE_DUALSTACK_ENDPOINT', 'true');

  expect(await addressOf({})).toBe('https://music.s3-fips.dualstack.eu-west-1.amazonaws.com/');
});

test('without a region there is no address', async () => {
  await expect(addressOf({ AWS_REGION: '' })).rejects.toThrow('AWS_REGION must be set');
});

test.each([
  ['in its host name', {}],
  ['in the path', { AWS_ENDPOINT_URL_S3: 'https://s3.example/base/' }],
])('any key of a bucket that is named %s has the address that the SDK sends to', async (_, environment) => {
  const client = createS3Client({ ...account, ...environment }, {});
  const sent: { hostname: string; path: string }[] = [];
  const requestHandler = {
    async handle({ hostname, path }: { hostname: string; path: string }) {
      sent.push({ hostname, path });
      throw new Error('nothing is sent');
    },
  };
  Object.assign(client.config, { requestHandler, maxAttempts: async () => 1 });
  const bucket = await bucketUrl(client, 'music');

  await fc.assert(
    fc.asyncProperty(anyKey, async (key) => {
      await client.send(new PutObjectCommand({ Bucket: 'music', Key: key, Body: 'la' })).catch(() => {});

      const { hostname, pathname } = objectUrl(bucket, key, {});
      expect({ hostname, path: pathname }).toEqual(sent.at(-1));
    }),
    { examples: trickyKeys.map((key) => [key]) },
  );
});
