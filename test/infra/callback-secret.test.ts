import { expect, test } from 'vitest';
import { permissionsOf, resourceOf, synthesized } from './synthesized.ts';

test('the token is made by AWS, long, and needs no escaping in a URL', () => {
  synthesized().hasResourceProperties('AWS::SecretsManager::Secret', {
    GenerateSecretString: {
      SecretStringTemplate: '{}',
      GenerateStringKey: 'token',
      PasswordLength: 48,
      ExcludePunctuation: true,
    },
  });
});

test('the token outlives the stack, so that the next one can answer to it', () => {
  synthesized().hasResource('AWS::SecretsManager::Secret', { DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' });
});

test('a secret that is there already is used, not created, and only that one may be read', () => {
  const adopting = synthesized({ 'trackkeeper:existingSecretName': 'music/callback' });
  const { Properties } = resourceOf(adopting, 'AWS::Lambda::Function', 'Receiver');

  adopting.resourceCountIs('AWS::SecretsManager::Secret', 0);
  expect(Properties.Environment).toMatchObject({ Variables: { SECRET_ID: 'music/callback' } });
  expect(permissionsOf(adopting, 'Receiver').get('secretsmanager:GetSecretValue')).toEqual([
    expect.stringContaining(':secret:music/callback-??????'),
  ]);
});
