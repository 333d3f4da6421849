import type { Template } from 'aws-cdk-lib/assertions';
import { expect, test } from 'vitest';
import * as z from 'zod';
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
    'AlarmTopicArn',
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

/** As they were in 0.1.0. Each holds what only it has: files, messages, the token, the host of all URLs, logs. */
const lastingTypes: Record<string, string> = {
  Bucket83908E77: 'AWS::S3::Bucket',
  BucketPolicyE9A3008A: 'AWS::S3::BucketPolicy',
  DeadLetterQueue9F481546: 'AWS::SQS::Queue',
  Queue4A7E3555: 'AWS::SQS::Queue',
  WakeQueueD19B9CF3: 'AWS::SQS::Queue',
  SecretA720EF05: 'AWS::SecretsManager::Secret',
  ApiF70053CD: 'AWS::ApiGatewayV2::Api',
  Stage0E8C2AF5: 'AWS::ApiGatewayV2::Stage',
  ReceiverLog2B2577CC: 'AWS::Logs::LogGroup',
  ArchiverLog64F16581: 'AWS::Logs::LogGroup',
  SweeperLogFB8176A9: 'AWS::Logs::LogGroup',
};
const resources = z.record(
  z.string(),
  z.looseObject({ Type: z.string(), Properties: z.record(z.string(), z.unknown()).default({}) }),
);

test('what is deployed already keeps its logical id and type, or a deployment would replace it', () => {
  const deployed = resources.parse(synthesized().toJSON().Resources);

  expect(Object.fromEntries(Object.keys(lastingTypes).map((id) => [id, deployed[id]?.Type]))).toEqual(lastingTypes);
});

test('what is deployed already gets none of the properties by which CloudFormation would replace it', () => {
  const deployed = resources.parse(synthesized().toJSON().Resources);
  // By CloudFormation's reference, "Update requires: Replacement".
  const replacing = [
    'BucketName',
    'QueueName',
    'FifoQueue',
    'Name',
    'LogGroupName',
    'ProtocolType',
    'StageName',
    'ApiId',
  ];
  const given = Object.keys(lastingTypes).map((id) => [
    id,
    Object.fromEntries(Object.entries(deployed[id]?.Properties ?? {}).filter(([name]) => replacing.includes(name))),
  ]);

  expect(Object.fromEntries(given.filter(([, properties]) => Object.keys(properties ?? {}).length > 0))).toEqual({
    ApiF70053CD: { Name: 'Trackkeeper', ProtocolType: 'HTTP' },
    Stage0E8C2AF5: { ApiId: { Ref: 'ApiF70053CD' }, StageName: '$default' },
  });
});

test('no one may start a function but the API, the rules and the queues of this stack', () => {
  const permissions = Object.values(synthesized().findResources('AWS::Lambda::Permission'));
  const roles = Object.values(synthesized().findResources('AWS::IAM::Role'));

  expect(permissions.length).toBeGreaterThan(3);
  for (const { Properties } of permissions) {
    expect(Properties.Principal).toMatch(/^(apigateway|events)\.amazonaws\.com$/);
    expect(JSON.stringify(Properties.SourceArn)).toMatch(/"ApiF70053CD"|"Fn::GetAtt":\["[A-Za-z]*Rule/);
  }
  for (const { Properties } of roles) {
    expect(Properties.AssumeRolePolicyDocument.Statement).toEqual([
      {
        Action: 'sts:AssumeRole',
        Effect: 'Allow',
        Principal: { Service: expect.stringMatching(/^[a-z]+\.amazonaws\.com$/) },
      },
    ]);
    expect(Properties).not.toHaveProperty('ManagedPolicyArns');
  }
});

test('deploying needs no other stack, account or region than the one it is deployed to', () => {
  const { account, region } = synthesizedStack();

  expect([account, region]).toEqual([expect.stringContaining('AWS.AccountId'), expect.stringContaining('AWS.Region')]);
});
