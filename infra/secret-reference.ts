import type { Stack } from 'aws-cdk-lib';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';

/** The id for requests to Secrets Manager, and the ARN for policies. */
export type SecretReference = { id: string; arn: string };

/**
 * Refers to a secret of the owner: the stack neither creates nor changes it. `constructId`: the construct's id in the
 * stack.
 */
export function referToSecret(stack: Stack, constructId: string, name: string): SecretReference {
  const { secretArn } = Secret.fromSecretNameV2(stack, constructId, name);
  // Secrets Manager appends six random characters to an ARN.
  return { id: name, arn: `${secretArn}-??????` };
}
