// Where the client finds a bucket: by the SDK's endpoint rules, or at a configured endpoint.
import { afterEach, expect, test, vi } from 'vitest';
import { createS3Client } from '../../../../functions/adapters/aws/clients.ts';
import { presignUrl } from '../../../../functions/adapters/s3/presign-url.ts';

const account = { AWS_REGION: 'eu-west-1', AWS_ACCESS_KEY_ID: 'id', AWS_SECRET_ACCESS_KEY: 'secret' };

async function addressOf(environment: Record<string, string>, bucketName = 'music') {
  const client = createS3Client({ ...account, ...environment });
  const url = await presignUrl(client, { bucketName, key: 'song', expiresIn: 60, signingDate: new Date() });
  const { origin, pathname } = new URL(url);
  return `${origin}${pathname}`;
}

afterEach(() => {
  vi.unstubAllEnvs();
});

test.each([
  [{}, 'https://music.s3.eu-west-1.amazonaws.com/song'],
  [{ AWS_REGION: 'us-east-1' }, 'https://music.s3.us-east-1.amazonaws.com/song'],
  [{ AWS_REGION: 'us-gov-west-1' }, 'https://music.s3.us-gov-west-1.amazonaws.com/song'],
  [{ AWS_REGION: 'cn-north-1' }, 'https://music.s3.cn-north-1.amazonaws.com.cn/song'],
  [{ AWS_REGION: 'eusc-de-east-1' }, 'https://music.s3.eusc-de-east-1.amazonaws.eu/song'],
  [{ AWS_ENDPOINT_URL: 'http://localhost:9000' }, 'http://localhost:9000/music/song'],
  [
    { AWS_ENDPOINT_URL: 'http://a.b', AWS_ENDPOINT_URL_S3: 'http://127.0.0.1:9/s3/' },
    'http://127.0.0.1:9/s3/music/song',
  ],
  [{ AWS_ENDPOINT_URL_S3: 'https://[::1]:9000' }, 'https://[::1]:9000/music/song'],
])('with %o an object is found at %s', async (environment, url) => {
  expect(await addressOf(environment)).toBe(url);
});

test('a bucket with a dot in its name is found in the path: no certificate is valid for it as a host', async () => {
  expect(await addressOf({}, 'my.music')).toBe('https://s3.eu-west-1.amazonaws.com/my.music/song');
});

test('FIPS and dual-stack endpoints are used if the variables of the SDK ask for them', async () => {
  vi.stubEnv('AWS_USE_FIPS_ENDPOINT', 'true');
  vi.stubEnv('AWS_USE_DUALSTACK_ENDPOINT', 'true');

  expect(await addressOf({})).toBe('https://music.s3-fips.dualstack.eu-west-1.amazonaws.com/song');
});

test('without a region there is no address', async () => {
  await expect(addressOf({ AWS_REGION: '' })).rejects.toThrow('AWS_REGION must be set');
});
