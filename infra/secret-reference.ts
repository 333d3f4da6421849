import type { Stack } from 'aws-cdk-lib';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';

/** What Secrets Manager is asked for, and what a policy has to name. */
export type SecretReference = { id: string; arn: string };

/** A secret of the owner's: the stack neither makes it nor changes it. `constructId`: for the reference in the stack. */
export function referToSecret(stack: Stack, constructId: string, name: string): SecretReference {
  const { secretArn } = Secret.fromSecretNameV2(stack, constructId, name);
  // Secrets Manager ends an ARN with six characters of its own, which the name does not tell.
  return { id: name, arn: `${secretArn}-??????` };
}
