import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { GetSecretValueCommand, PutSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { RotationCloud } from './rotation.ts';

/** Reads the owner's stack and secrets, with the owner's AWS configuration; `region` overrides its region. */
export function awsCloud(region: string | undefined): RotationCloud {
  // Short, because a person waits at the terminal.
  const clientLimits = { maxAttempts: 2, requestHandler: { connectionTimeout: 5_000, requestTimeout: 10_000 } };
  const settings = region === undefined ? clientLimits : { ...clientLimits, region };
  const cloudFormation = new CloudFormationClient(settings);
  const secretsManager = new SecretsManagerClient(settings);
  return {
    async outputsOf(stackName) {
      const { Stacks } = await cloudFormation.send(new DescribeStacksCommand({ StackName: stackName }));
      const outputs = Stacks?.[0]?.Outputs ?? [];
      return Object.fromEntries(outputs.map(({ OutputKey = '', OutputValue }) => [OutputKey, OutputValue]));
    },
    async secretValue(secretId) {
      const { SecretString = '' } = await secretsManager.send(new GetSecretValueCommand({ SecretId: secretId }));
      return SecretString;
    },
    async replaceSecret(secretId, value) {
      await secretsManager.send(new PutSecretValueCommand({ SecretId: secretId, SecretString: value }));
    },
  };
}
