import type { Template } from 'aws-cdk-lib/assertions';
import { expect, test } from 'vitest';
import { synthesized, synthesizedStack } from './synthesized.ts';

const idsIn = (template: Template) => Object.keys(template.toJSON().Resources);

test('the stack says what it is', () => {
  const stack = synthesizedStack();

  expect(stack.stackName).toBe('Trackkeeper');
  expect(stack.templateOptions.description).toContain('keeps your music');
  expect(stack.tags.tagValues()).toEqual({ application: 'trackkeeper' });
});

test('a stack of another name has the same resources', () => {
  const other = synthesized({ 'trackkeeper:stackName': 'Second' });

  // A permission of CDK's making has the stack's name in its id.
  const withoutNames = (template: Template) => idsIn(template).map((id) => id.replace(/^(SweepRuleAllow).*/, '$1'));

  expect(withoutNames(other)).toEqual(withoutNames(synthesized()));
});

test('a deployment tells where the music is, where callbacks wait, and how to get the callback URL', () => {
  const outputs = synthesized({ 'trackkeeper:stackName': 'Second' }).findOutputs('*');

  expect(Object.keys(outputs).sort()).toEqual([
    'BucketName',
    'CallbackBaseUrl',
    'CallbackUrlCommand',
    'DeadLetterQueueUrl',
    'QueueUrl',
    'SecretId',
    'TasksBaseUrl',
    'WakeQueueUrl',
  ]);
  expect(outputs.CallbackUrlCommand).toMatchObject({
    Value: { 'Fn::Join': ['', ['npm run --silent url -- --stack Second --region ', { Ref: 'AWS::Region' }]] },
  });
});

test('a deployment with keys to the providers tells where they are', () => {
  const { ProviderKeysSecretId } = synthesized({ 'trackkeeper:providerKeysSecretName': 'music/keys' }).findOutputs('*');

  expect(ProviderKeysSecretId).toMatchObject({ Value: 'music/keys' });
});

test('what is deployed already keeps its logical id, or a deployment would replace it', () => {
  const ids = idsIn(synthesized());

  // As they were in 0.1.0. The bucket, the queues and the secret hold what only they have.
  expect(ids).toEqual(
    expect.arrayContaining([
      'Bucket83908E77',
      'BucketPolicyE9A3008A',
      'DeadLetterQueue9F481546',
      'Queue4A7E3555',
      'SecretA720EF05',
      'ApiF70053CD',
    ]),
  );
});

test('deploying needs no other stack, account or region than the one it is deployed to', () => {
  const { account, region } = synthesizedStack();

  expect([account, region]).toEqual([expect.stringContaining('AWS.AccountId'), expect.stringContaining('AWS.Region')]);
});
