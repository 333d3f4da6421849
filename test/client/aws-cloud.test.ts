import { expect, onTestFinished, test, vi } from 'vitest';
import { awsCloud } from '../../client/aws-cloud.ts';
import { reply, startAwsServer } from '../doubles/aws-server.ts';

async function openCloud(...answers: object[]) {
  const server = await startAwsServer({ behaviours: answers.map((answer) => reply(200, JSON.stringify(answer))) });
  onTestFinished(server.close);
  onTestFinished(() => void vi.unstubAllEnvs());
  vi.stubEnv('AWS_ENDPOINT_URL_SECRETS_MANAGER', server.origin);
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'any');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'any');
  const cloud = awsCloud('eu-west-1');
  const asked = () =>
    server.requests.map(({ headers, body }) => [headers['x-amz-target'], JSON.parse(body.toString())]);
  return { cloud, asked };
}

test('a secret is read and replaced by its id', async () => {
  const { cloud, asked } = await openCloud({ SecretString: '{"token":"a"}' }, {});

  expect(await cloud.secretValue('s')).toBe('{"token":"a"}');
  await cloud.replaceSecret('s', '{"token":"b"}');

  expect(asked()).toEqual([
    ['secretsmanager.GetSecretValue', { SecretId: 's' }],
    [
      'secretsmanager.PutSecretValue',
      // Whatever is sent twice is written once.
      { SecretId: 's', SecretString: '{"token":"b"}', ClientRequestToken: expect.any(String) },
    ],
  ]);
});
