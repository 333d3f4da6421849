import { App, type Stack } from 'aws-cdk-lib';
import { Role } from 'aws-cdk-lib/aws-iam';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { expect, test } from 'vitest';
import { acknowledgements, enforceRules, rulePacks } from '../../infra/nag.ts';
import { allow } from '../../infra/node-function.ts';
import { configOf, synthesizedStack, variants } from './synthesized.ts';

/** What `cdk synth` fails with, if it does, with something in the stack that was not there. */
function failureWith(plant: (stack: Stack) => void, context: Record<string, unknown> = {}): string {
  const stack = synthesizedStack(context);
  const app = stack.node.root;
  if (!App.isApp(app)) throw new Error('the stack is in no app');
  plant(stack);
  enforceRules(app, stack, configOf(context));
  try {
    app.synth();
    return 'none';
  } catch (error) {
    return String(error);
  }
}

const nothing = () => undefined;

test.each(variants)('the stack %s breaks no rule without a reason', (_, context) => {
  expect(failureWith(nothing, context)).toBe('none');
});

const mayAlso = (action: string, resource: string) => (stack: Stack) => {
  const role = stack.node.findChild('ArchiverRole');
  if (role instanceof Role) role.addToPolicy(allow([action], [resource]));
};

// A check that never fails proves nothing.
test.each<[string, (stack: Stack) => void, string]>([
  ['a queue without TLS', (stack) => new Queue(stack, 'Planted'), 'AwsSolutions-SQS4'],
  [
    'a right to all keys beside the folders',
    mayAlso('s3:GetObject', 'arn:aws:s3:::music/*'),
    'Resource::arn:aws:s3:::',
  ],
  ['a right to all actions', mayAlso('s3:*', 'arn:aws:s3:::music'), 'AwsSolutions-IAM5[Action::s3:*]'],
])('%s makes a synthesis fail', (_, plant, finding) => {
  expect(failureWith(plant)).toContain(finding);
});

const forwarding = { 'trackkeeper:forwardTo': 'https://music.example.com/hooks' };

test.each([[{}], [forwarding]])(
  'every reason is about a rule that is broken there, so none outlives its cause: %j',
  (context) => {
    const findings = rulePacks()
      .flatMap((pack) => pack.validateScope(synthesizedStack(context)).violations)
      .flatMap(({ ruleName, violatingResources }) =>
        violatingResources.map(({ constructPath }) => ({ ruleName, constructPath })),
      );
    const isFound = (path: string, rule: string) =>
      findings.some((found) => found.ruleName === rule && found.constructPath?.startsWith(`Trackkeeper/${path}/`));

    const idle = acknowledgements(configOf(context)).flatMap(({ at, rules }) => [
      ...at.filter((path) => !rules.some((rule) => isFound(path, rule))),
      ...rules.filter((rule) => !at.some((path) => isFound(path, rule))),
    ]);

    expect(idle).toEqual([]);
  },
);

test('every reason is one sentence', () => {
  const reasons = acknowledgements(configOf(forwarding)).map(({ reason }) => reason);

  expect(reasons.filter((reason) => !/^[A-Z][^.]{30,}\.$/.test(reason))).toEqual([]);
});
