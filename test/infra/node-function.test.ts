import { expect, test } from 'vitest';
import { resourceOf, synthesized, variants } from './synthesized.ts';

const forwarding = { 'trackkeeper:forwardTo': 'https://music.example.com/hooks' };
const template = synthesized(forwarding);
const functions = ['Receiver', 'Archiver', 'Sweeper', 'Forwarder'];

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

  // No managed policies, none within the role.
  expect(Object.keys(Properties)).toEqual(['AssumeRolePolicyDocument']);
});

test.each(variants)('the stack %s has these functions, with a policy each, and no others', (_, context) => {
  const variant = synthesized(context);
  const idsOf = (type: string) => Object.keys(variant.findResources(type)).map((id) => id.replace(/[0-9A-F]{8}$/, ''));
  const wanted = functions.filter((id) => id !== 'Forwarder' || 'trackkeeper:forwardTo' in context);
  const roles = wanted.map((id) => `${id}Role`);

  expect(idsOf('AWS::Lambda::Function').sort()).toEqual([...wanted].sort());
  expect(idsOf('AWS::IAM::Role').sort()).toEqual([...roles].sort());
  expect(idsOf('AWS::IAM::Policy').sort()).toEqual(roles.map((role) => `${role}DefaultPolicy`).sort());
});

test('only our own API may call the receiver, only our own clock the sweeper, and no one the others', () => {
  const granted = Object.values(template.findResources('AWS::Lambda::Permission')).map(({ Properties }) => ({
    callee: functions.find((id) => JSON.stringify(Properties.FunctionName).includes(`"${id}`)),
    caller: Properties.Principal,
    isOurs: /"(ApiF70053CD|SweepRule)/.test(JSON.stringify(Properties.SourceArn)),
  }));

  const route = { callee: 'Receiver', caller: 'apigateway.amazonaws.com', isOurs: true };
  const clock = { callee: 'Sweeper', caller: 'events.amazonaws.com', isOurs: true };
  // The messages of the other two are not brought to them: Lambda fetches them, with the function's own permissions.
  // The fourth route is for all that the others are not for.
  const routes = [route, route, route, route];
  expect(granted.sort((one, other) => one.caller.localeCompare(other.caller))).toEqual([...routes, clock]);
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
