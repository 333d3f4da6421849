import { App, type Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Code } from 'aws-cdk-lib/aws-lambda';
import * as z from 'zod';
import cdk from '../../cdk.json' with { type: 'json' };
import { type Config, readConfig } from '../../infra/config.ts';
import { defineStack } from '../../infra/stack.ts';

/** The stack as it would be deployed, with a stand-in for the functions' code: bundling is tested elsewhere. */
export function synthesizedStack(context: Record<string, unknown> = {}): Stack {
  const app = new App({ context: cdk.context });
  return defineStack(app, configOf(context), () => Code.fromInline('exports.handler = async () => {};'));
}

export function configOf(context: Record<string, unknown>): Config {
  const config = readConfig(context);
  if (!config.ok) throw new Error(config.problems.join('\n'));
  return config.value;
}

/** Between them they have every setting that adds, changes or takes away a resource or a permission. */
export const variants: [string, Record<string, unknown>][] = [
  ['as it comes', {}],
  [
    'with all that a new bucket can have',
    {
      'trackkeeper:bucketName': 'my-music',
      'trackkeeper:kmsKeyArn': 'arn:aws:kms:eu-central-1:123456789012:key/0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9',
      'trackkeeper:intelligentTiering': true,
      'trackkeeper:versioned': true,
      'trackkeeper:oldVersionsExpireAfterDays': 90,
      'trackkeeper:callbacksExpireAfterDays': 90,
      'trackkeeper:notifyEventBridge': true,
    },
  ],
  [
    'that mails its alarms, of silence too',
    { 'trackkeeper:alarmEmail': 'me@example.com', 'trackkeeper:quietAfterDays': 7, 'trackkeeper:dashboard': false },
  ],
  ['that passes callbacks on', { 'trackkeeper:forwardTo': 'https://music.example.com/hooks' }],
  [
    'with a bucket, a key and secrets of its owner’s',
    {
      'trackkeeper:stackName': 'Second',
      'trackkeeper:existingBucketName': 'my-music',
      'trackkeeper:kmsKeyArn': 'arn:aws:kms:eu-central-1:123456789012:key/0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9',
      'trackkeeper:existingSecretName': 'music/callback',
      'trackkeeper:providerKeysSecretName': 'music/keys',
      'trackkeeper:urlVersion': 2,
      'trackkeeper:accessLog': true,
      'trackkeeper:forwardTo': 'https://music.example.com/hooks',
    },
  ],
];

const templates = new Map<string, Template>();

/** Synthesized once for each context: a template is only read. */
export function synthesized(context: Record<string, unknown> = {}): Template {
  const key = JSON.stringify(context);
  const template = templates.get(key) ?? Template.fromStack(synthesizedStack(context));
  templates.set(key, template);
  return template;
}

const resource = z.object({ Properties: z.record(z.string(), z.unknown()).default({}) }).loose();

/** The one resource of a type whose logical id begins like this. */
export function resourceOf(template: Template, type: string, idPrefix: string) {
  const found = Object.entries(template.findResources(type)).filter(([id]) => id.startsWith(idPrefix));
  const [first, ...others] = found;
  if (first === undefined || others.length > 0) throw new Error(`${found.length} resources ${type} ${idPrefix}`);
  return { id: first[0], ...resource.parse(first[1]) };
}

const policy = z.object({
  PolicyDocument: z.object({
    Statement: z.array(
      z.object({
        Effect: z.string(),
        Action: z.union([z.string(), z.array(z.string())]).transform((actions) => [actions].flat()),
        Resource: z.unknown().transform((resources) => [resources].flat().map((one) => JSON.stringify(one))),
        Condition: z.unknown().optional(),
      }),
    ),
  }),
});

/** What a function may do: each action with the resources it is allowed on, as text. */
export function permissionsOf(template: Template, functionId: string): Map<string, string[]> {
  const allowed = new Map<string, string[]>();
  for (const { Action, Resource } of statementsOf(template, functionId)) {
    for (const action of Action) allowed.set(action, [...(allowed.get(action) ?? []), ...Resource]);
  }
  return allowed;
}

export function statementsOf(template: Template, functionId: string) {
  const { Properties } = resourceOf(template, 'AWS::IAM::Policy', `${functionId}Role`);
  return policy.parse(Properties).PolicyDocument.Statement;
}
