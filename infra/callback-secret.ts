import { RemovalPolicy, type Stack } from 'aws-cdk-lib';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Config } from './config.ts';
import { referToSecret, type SecretReference } from './secret-reference.ts';

/**
 * The secret with the token of the callback URL: JSON `{"token": "…"}`. Its owner may add to it: the stack never reads
 * it, and deploying again does not touch it.
 *
 * It is kept when the stack goes: CloudFormation deletes a secret at once and for good, and a kept one can be given to
 * the next stack (`existingSecretName`), which then answers to the same token. Only the host of the URL is new. A kept
 * secret that nobody wants costs its owner some cents a month until it is deleted by hand.
 */
export function defineCallbackSecret(stack: Stack, { existingSecretName }: Config): SecretReference {
  if (existingSecretName !== undefined) return referToSecret(stack, 'Secret', existingSecretName);

  const { secretArn } = new Secret(stack, 'Secret', {
    description: `The token in the callback URL of ${stack.stackName}.`,
    removalPolicy: RemovalPolicy.RETAIN,
    // Never change this block of a deployed stack: CloudFormation would generate a new token, and the URLs given out so
    // far would stop working.
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
