// Presigned URLs: as AWS checks them, and as someone without credentials uses them.
import { createHash, createHmac } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { functionVariables } from '../../../../client/target/local-aws.ts';
import { createS3Client } from '../../../../functions/adapters/aws/clients.ts';
import { createPresignUrl } from '../../../../functions/adapters/s3/presign-url.ts';
import { Bucket } from '../../../contracts/local-s3.ts';
import { head, setUpS3 } from './s3-setup.ts';

const clock = { now: () => new Date('2026-11-20T18:05:00.500Z') };
const session = 'a+session/token==';
const account = {
  AWS_REGION: 'eu-west-1',
  AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
  AWS_SECRET_ACCESS_KEY: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
  AWS_SESSION_TOKEN: session,
};
const key = "library/2026-11/Iron-Man_é'(1)_8551e0a4.mp3";

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const hmac = (secret: string | Buffer, text: string) => createHmac('sha256', secret).update(text).digest();

/**
 * The signature that AWS expects in a query, implemented from its documentation: "Authenticating Requests: Using
 * Query Parameters".
 */
function signatureOf(link: string, secretAccessKey: string): string {
  const { host, pathname, search } = new URL(link);
  const parameters = search.slice(1).split('&');
  const signed = parameters.filter((pair) => !pair.startsWith('X-Amz-Signature='));
  const [, day = '', region = '', service = ''] = new URLSearchParams(search).get('X-Amz-Credential')?.split('/') ?? [];
  const canonical = ['GET', pathname, signed.toSorted().join('&'), `host:${host}`, '', 'host', 'UNSIGNED-PAYLOAD'];
  const scope = `${day}/${region}/${service}/aws4_request`;
  const at = new URLSearchParams(search).get('X-Amz-Date') ?? '';
  const signing = [day, region, service, 'aws4_request'].reduce<string | Buffer>(hmac, `AWS4${secretAccessKey}`);
  return hmac(signing, ['AWS4-HMAC-SHA256', at, scope, sha256(canonical.join('\n'))].join('\n')).toString('hex');
}

test('what checks the signature agrees with the example of AWS', () => {
  const link =
    'https://examplebucket.s3.amazonaws.com/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256' +
    '&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request' +
    '&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host';

  expect(signatureOf(link, 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY')).toBe(
    'aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404',
  );
});

describe('a link on AWS', () => {
  test('is signed as AWS asks for, for twelve hours, with the function’s own credentials', async () => {
    const link = await createPresignUrl('music', createS3Client(account), clock)(key);

    const { origin, pathname, searchParams } = new URL(link);
    expect(origin).toBe('https://music.s3.eu-west-1.amazonaws.com');
    expect(pathname).toBe('/library/2026-11/Iron-Man_%C3%A9%27%281%29_8551e0a4.mp3');
    expect(Object.fromEntries(searchParams)).toEqual({
      'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
      'X-Amz-Content-Sha256': 'UNSIGNED-PAYLOAD',
      'X-Amz-Credential': 'AKIDEXAMPLE/20261120/eu-west-1/s3/aws4_request',
      'X-Amz-Date': '20261120T180500Z',
      'X-Amz-Expires': '43200',
      'X-Amz-Security-Token': session,
      'X-Amz-SignedHeaders': 'host',
      'X-Amz-Signature': signatureOf(link, account.AWS_SECRET_ACCESS_KEY),
      'x-amz-checksum-mode': 'ENABLED',
      'x-id': 'GetObject',
    });
  });

  test('does not hold the secret key', async () => {
    const link = await createPresignUrl('music', createS3Client(account), clock)(key);

    expect(decodeURIComponent(link)).not.toContain(account.AWS_SECRET_ACCESS_KEY);
  });

  test('of credentials without a session has no token', async () => {
    const { AWS_SESSION_TOKEN: _, ...lasting } = account;

    expect(await createPresignUrl('music', createS3Client(lasting), clock)(key)).not.toContain('X-Amz-Security-Token');
  });
});

describe('a link on this machine', () => {
  const open = async () => {
    const { s3, bucket } = await setUpS3();
    await bucket.write(key, 'a song, whole', head);
    const environment = functionVariables('forwarder', { s3: s3.url, sqs: s3.url, secrets: s3.url, events: s3.url });
    return createPresignUrl(Bucket, createS3Client(environment), clock)(key);
  };

  test('serves the object to anyone who has it', async () => {
    const response = await fetch(await open());

    expect([response.status, await response.text()]).toEqual([200, 'a song, whole']);
    expect(response.headers.get('content-type')).toBe('audio/mpeg');
  });

  test('serves a range of it', async () => {
    const response = await fetch(await open(), { headers: { range: 'bytes=2-5' } });

    expect([response.status, await response.text()]).toEqual([206, 'song']);
  });

  test('changes nothing', async () => {
    const response = await fetch(await open(), { method: 'POST', body: 'x' });

    expect(response.status).toBe(501);
  });
});
