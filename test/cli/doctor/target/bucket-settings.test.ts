import http from 'node:http';
import { S3Client } from '@aws-sdk/client-s3';
import { expect, onTestFinished, test } from 'vitest';
import { bucketSettings } from '../../../../cli/doctor/target/examined-bucket.ts';

const access = (restrict: boolean) =>
  '<PublicAccessBlockConfiguration><BlockPublicAcls>true</BlockPublicAcls><BlockPublicPolicy>true</BlockPublicPolicy>' +
  `<IgnorePublicAcls>true</IgnorePublicAcls><RestrictPublicBuckets>${restrict}</RestrictPublicBuckets></PublicAccessBlockConfiguration>`;
const encryption =
  '<ServerSideEncryptionConfiguration><Rule><ApplyServerSideEncryptionByDefault><SSEAlgorithm>aws:kms</SSEAlgorithm>' +
  '</ApplyServerSideEncryptionByDefault></Rule></ServerSideEncryptionConfiguration>';
const rule = (status: string, prefix: string) =>
  `<LifecycleConfiguration><Rule><Status>${status}</Status><Filter><Prefix>${prefix}</Prefix></Filter>` +
  '<AbortIncompleteMultipartUpload><DaysAfterInitiation>15</DaysAfterInitiation></AbortIncompleteMultipartUpload></Rule></LifecycleConfiguration>';
const all = { publicAccessBlock: access(true), policy: '{"Statement":[]}', encryption, lifecycle: rule('Enabled', '') };
const none = {
  publicAccessBlock: 'NoSuchPublicAccessBlockConfiguration',
  policy: 'NoSuchBucketPolicy',
  encryption: 'ServerSideEncryptionConfigurationNotFoundError',
  lifecycle: 'NoSuchLifecycleConfiguration',
};

/** By the setting that is asked for; what is no document is the code of an error. */
async function settingsOf(answers: Record<string, string>) {
  const server = http.createServer((request, response) => {
    const [setting = ''] = new URL(request.url ?? '', 'http://s3').searchParams.keys();
    const answer = answers[setting] ?? '';
    const isDocument = /^[<{]/.test(answer);
    response.writeHead(isDocument ? 200 : 404).end(isDocument ? answer : `<Error><Code>${answer}</Code></Error>`);
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('it has no port');
  const client = new S3Client({
    endpoint: `http://127.0.0.1:${address.port}`,
    region: 'eu-west-1',
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
    forcePathStyle: true,
    maxAttempts: 1,
  });
  onTestFinished(() => {
    client.destroy();
    server.closeAllConnections();
    server.close();
  });
  return await bucketSettings(client, 'music');
}

test('all settings of a bucket are read', async () => {
  expect(await settingsOf(all)).toEqual({
    blocksPublicAccess: true,
    policy: '{"Statement":[]}',
    encryption: 'aws:kms',
    abortsUploadsAfterDays: 15,
  });
});

test('a bucket may have none of them', async () => {
  expect(await settingsOf(none)).toEqual({
    blocksPublicAccess: false,
    policy: null,
    encryption: null,
    abortsUploadsAfterDays: null,
  });
});

test.each([
  ['one of the four blocks is off', { publicAccessBlock: access(false) }, { blocksPublicAccess: false }],
  ['the rule is off', { lifecycle: rule('Disabled', '') }, { abortsUploadsAfterDays: null }],
  ['the rule is for another folder', { lifecycle: rule('Enabled', 'logs/') }, { abortsUploadsAfterDays: null }],
])('%s', async (_, changed, expected) => {
  expect(await settingsOf({ ...all, ...changed })).toMatchObject(expected);
});

test('what may not be read is no missing setting', async () => {
  await expect(settingsOf({ ...all, policy: 'AccessDenied' })).rejects.toThrow(
    expect.objectContaining({ name: 'AccessDenied' }),
  );
});
