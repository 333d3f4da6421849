import { RemovalPolicy, type Stack } from 'aws-cdk-lib';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Config } from './config.ts';

/** The id for requests to Secrets Manager, and the ARN for policies. */
export type SecretReference = { id: string; arn: string };

/**
 * The secret with the token of the callback URL: JSON `{"token": "…"}`. Its owner may add fields: the stack never
 * reads it, and a new deployment does not change it.
 *
 * It is kept when the stack is destroyed: CloudFormation would delete it at once and for good, while a kept secret
 * can be given to the next stack (`existingSecretName`), which then accepts the same token; only the host of the URL
 * changes. A kept secret costs some cents a month until its owner deletes it.
 */
export function defineCallbackSecret(stack: Stack, { existingSecretName }: Config): SecretReference {
  if (existingSecretName !== undefined) return referToSecret(stack, 'Secret', existingSecretName);

  const { secretArn } = new Secret(stack, 'Secret', {
    description: `The token in the callback URL of ${stack.stackName}.`,
    removalPolicy: RemovalPolicy.RETAIN,
    // Never change this block of a deployed stack: CloudFormation would generate a new token, and the existing
    // callback URLs would stop working.
    generateSecretString: {
      secretStringTemplate: '{}',
      generateStringKey: 'token',
      // Letters and digits need no escaping in a URL; 48 of them hold 285 bits.
      passwordLength: 48,
      excludePunctuation: true,
    },
  });
  return { id: secretArn, arn: secretArn };
}

/**
 * Refers to a secret of the owner: the stack neither creates nor changes it. `constructId`: the construct's id in the
 * stack.
 */
export function referToSecret(stack: Stack, constructId: string, name: string): SecretReference {
  const { secretArn } = Secret.fromSecretNameV2(stack, constructId, name);
  // Secrets Manager appends six random characters to an ARN.
  return { id: name, arn: `${secretArn}-??????` };
}
