// Secrets Manager for the local deployment: read-only, with secrets given at the start.

import { createHash } from 'node:crypto';
import { AwsError, type JsonCall, type LocalServer, startAwsJson } from './aws-json.ts';

export function startSecrets(secrets: Record<string, string>): Promise<LocalServer> {
  const byId = new Map(Object.entries(secrets));
  const startedAt = Date.now();

  function getSecretValue({ input: { SecretId: id } }: JsonCall) {
    const secret = typeof id === 'string' ? byId.get(id) : undefined;
    if (secret === undefined) {
      throw new AwsError('ResourceNotFoundException', "Secrets Manager can't find the specified secret.");
    }
    return {
      ARN: `arn:aws:secretsmanager:us-east-1:000000000000:secret:${id}`,
      Name: id,
      SecretString: secret,
      // Any id works that changes with the secret.
      VersionId: createHash('sha256').update(secret).digest('hex').slice(0, 32),
      VersionStages: ['AWSCURRENT'],
      // In seconds, with a fraction.
      CreatedDate: startedAt / 1000,
    };
  }

  return startAwsJson({
    target: 'secretsmanager',
    namespace: 'com.amazonaws.secretsmanager',
    version: '1.1',
    maxBodyBytes: 65_536,
    operations: { GetSecretValue: getSecretValue },
  });
}
