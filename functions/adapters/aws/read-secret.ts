// The value of a secret in Secrets Manager, as JSON.
import { GetSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { type AwsEnvironment, createCallAws, createSecretsManagerClient } from './clients.ts';

/** Three attempts without a response. */
const callMs = 10_000;

/** Resolves with undefined if the secret is not JSON. @throws UnavailableError, with a message without the secret */
export type ReadSecret = (signal?: AbortSignal) => Promise<unknown>;

/** `secretId`: its name, or its ARN in this region. Each call reads it again. */
export function createReadSecret(secretId: string, environment: AwsEnvironment): ReadSecret {
  const callSecrets = createCallAws(createSecretsManagerClient(environment), callMs);
  const command = new GetSecretValueCommand({ SecretId: secretId });
  return async (signal) => {
    const { SecretString } = await callSecrets(
      'GetSecretValue',
      (client, options) => client.send(command, options),
      signal,
    );
    return SecretString === undefined ? undefined : parseJson(SecretString);
  };
}

function parseJson(value: string): unknown {
  try {
    return JSON.parse(value);
  } catch {
    return undefined;
  }
}
