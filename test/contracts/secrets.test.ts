// What the local Secrets Manager promises to the product, in the words of the real SDK, and of the product's own
// reader.

import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { expect, onTestFinished, test } from 'vitest';
import { createSecretReader } from '../../functions/adapters/secret.ts';
import { startSecrets } from '../../local/secrets.ts';

async function openSecrets(secrets: Record<string, string>) {
  const server = await startSecrets(secrets);
  const client = new SecretsManagerClient({
    endpoint: server.url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'any', secretAccessKey: 'any' },
    maxAttempts: 1,
  });
  onTestFinished(async () => {
    client.destroy();
    await server.close();
  });
  return (SecretId: string) => client.send(new GetSecretValueCommand({ SecretId }));
}

test('a secret is read by its id', async () => {
  const read = await openSecrets({ token: 'ünïcode "quoted"', other: '' });

  expect(await read('token')).toMatchObject({
    Name: 'token',
    SecretString: 'ünïcode "quoted"',
    VersionStages: ['AWSCURRENT'],
    CreatedDate: expect.any(Date),
  });
  expect(await read('other')).toMatchObject({ SecretString: '' });
});

test('another secret under the same id has another version', async () => {
  const before = await openSecrets({ token: 'old' });
  const after = await openSecrets({ token: 'new' });

  expect((await before('token')).VersionId).not.toBe((await after('token')).VersionId);
});

test.each(['missing', 'constructor', '__proto__'])('a secret that is not there is not found: %s', async (id) => {
  const read = await openSecrets({ token: 'a' });

  await expect(read(id)).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
});

test('the receiver reads its secret there', async () => {
  const server = await startSecrets({ trackkeeper: '{"token":"ünïcode","previousToken":"old"}' });
  onTestFinished(server.close);
  const account = { AWS_REGION: 'us-east-1', AWS_ACCESS_KEY_ID: 'any', AWS_SECRET_ACCESS_KEY: 'any' };
  const environment = { ...account, AWS_ENDPOINT_URL_SECRETS_MANAGER: server.url };
  const deps = { clock: { now: () => new Date() }, log: () => {} };

  expect(await createSecretReader('trackkeeper', environment, deps)()).toMatchObject({ tokens: ['ünïcode', 'old'] });
  await expect(createSecretReader('other', environment, deps)()).rejects.toThrow('400 ResourceNotFoundException');
});
