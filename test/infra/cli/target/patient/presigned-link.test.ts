import { S3Client } from '@aws-sdk/client-s3';
import { expect, test } from 'vitest';
import { presignedLink } from '../../../../../infra/cli/target/patient/presigned-link.ts';

const client = (sessionToken?: string) =>
  new S3Client({
    region: 'us-east-1',
    credentials: {
      accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
      secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
      ...(sessionToken !== undefined && { sessionToken }),
    },
  });
const wanted = {
  host: 'examplebucket.s3.amazonaws.com',
  path: '/test.txt',
  expiresInSeconds: 86_400,
  at: new Date('2013-05-24T00:00:00Z'),
};

test('a link is signed as the example of AWS is', async () => {
  // https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
  const link = new URL(await presignedLink(client().config, wanted));

  expect(Object.fromEntries(link.searchParams)).toEqual({
    'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
    'X-Amz-Credential': 'AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request',
    'X-Amz-Date': '20130524T000000Z',
    'X-Amz-Expires': '86400',
    'X-Amz-SignedHeaders': 'host',
    'X-Amz-Signature': 'aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404',
  });
  expect(link.origin + link.pathname).toBe('https://examplebucket.s3.amazonaws.com/test.txt');
});

test('the token of a session goes with it', async () => {
  const link = new URL(await presignedLink(client('a+b/c=').config, wanted));

  expect(link.searchParams.get('X-Amz-Security-Token')).toBe('a+b/c=');
});
