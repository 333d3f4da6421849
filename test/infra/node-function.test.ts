import { expect, test } from 'vitest';
import { resourceOf, synthesized } from './synthesized.ts';

const template = synthesized();
const functions = ['Receiver', 'Archiver', 'Sweeper'];

test('all functions run on arm64 and on the Node that the tests run on', () => {
  const nodeMajor = process.versions.node.split('.')[0];

  template.allResourcesProperties('AWS::Lambda::Function', {
    Architectures: ['arm64'],
    Runtime: `nodejs${nodeMajor}.x`,
    Handler: 'index.handler',
  });
});

test.each(functions)('the %s writes to a log group of its own', (id) => {
  const { Properties } = resourceOf(template, 'AWS::Lambda::Function', id);

  expect(Properties.LoggingConfig).toEqual({
    LogGroup: { Ref: resourceOf(template, 'AWS::Logs::LogGroup', `${id}Log`).id },
  });
});

test.each(functions)('the %s has no permission but those written by hand', (id) => {
  const { Properties } = resourceOf(template, 'AWS::IAM::Role', `${id}Role`);

  expect(Properties).not.toHaveProperty('ManagedPolicyArns');
});

test('logs are kept 30 days, or as long as the owner says', () => {
  template.allResourcesProperties('AWS::Logs::LogGroup', { RetentionInDays: 30 });
  synthesized({ 'trackkeeper:logRetentionDays': '365' }).allResourcesProperties('AWS::Logs::LogGroup', {
    RetentionInDays: 365,
  });
});

test('logs go with the stack: they are not the owner’s data', () => {
  template.allResources('AWS::Logs::LogGroup', { DeletionPolicy: 'Delete' });
});

test('P6: no deployed function is allowed a private source, nor pointed at another AWS', () => {
  const text = JSON.stringify(template.toJSON());

  expect(text).not.toMatch(/ALLOWED_PRIVATE_SOURCES|AWS_ENDPOINT_URL/);
});
