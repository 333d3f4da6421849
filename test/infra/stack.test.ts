import { expect, test } from 'vitest';
import { synthesized, synthesizedStack } from './synthesized.ts';

test('the stack says what it is', () => {
  const stack = synthesizedStack();

  expect(stack.stackName).toBe('Trackkeeper');
  expect(stack.templateOptions.description).toContain('keeps your music');
  expect(stack.tags.tagValues()).toEqual({ application: 'trackkeeper' });
});

test('a stack of another name has the same resources', () => {
  const other = synthesized({ 'trackkeeper:stackName': 'Second' });

  expect(Object.keys(other.findResources('*'))).toEqual(Object.keys(synthesized().findResources('*')));
});

test('a deployment tells where the music is, where callbacks wait, and how to get the callback URL', () => {
  const outputs = synthesized({ 'trackkeeper:stackName': 'Second' }).findOutputs('*');

  expect(Object.keys(outputs).sort()).toEqual([
    'BucketName',
    'CallbackBaseUrl',
    'CallbackUrlCommand',
    'QueueUrl',
    'SecretId',
  ]);
  expect(outputs.CallbackUrlCommand).toMatchObject({
    Value: { 'Fn::Join': ['', ['npm run --silent url -- --stack Second --region ', { Ref: 'AWS::Region' }]] },
  });
});

test('deploying needs no other stack, account or region than the one it is deployed to', () => {
  const { account, region } = synthesizedStack();

  expect([account, region]).toEqual([expect.stringContaining('AWS.AccountId'), expect.stringContaining('AWS.Region')]);
});
