// The cdk-nag rules that every synthesis must pass, and the reasons for the exceptions.
import { type App, type Stack, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks, ServerlessChecks } from 'cdk-nag';
import type { IConstruct } from 'constructs';
import { allowances, atHost } from './api.ts';
import type { Config } from './config.ts';

/** `at`: paths of constructs below the stack; their children are included. */
type Acknowledgement = { at: string[]; rules: string[]; reason: string };

export const rulePacks = () => [new AwsSolutionsChecks(), new ServerlessChecks()];

/** Makes `cdk synth` and `cdk deploy` fail on every finding without a reason, warnings included. */
export function enforceRules(app: App, stack: Stack, config: Config): void {
  acknowledge(stack, acknowledgements(config));
  Validations.of(app).addPlugins(...rulePacks());
}

function acknowledge(stack: Stack, acknowledged: readonly Acknowledgement[]): void {
  for (const { at, rules, reason } of acknowledged) {
    for (const construct of at.flatMap((path) => constructAt(stack, path) ?? [])) {
      Validations.of(construct).acknowledge(...rules.map((id) => ({ id, reason })));
    }
  }
}

function constructAt(stack: Stack, path: string): IConstruct | undefined {
  return path.split('/').reduce<IConstruct | undefined>((parent, id) => parent?.node.tryFindChild(id), stack);
}

/** Each reason is one sentence that applies to all its resources and rules. */
export function acknowledgements(config: Config): Acknowledgement[] {
  const { alarmEmail, existingBucketName, forwardTo } = config;
  // The bucket's ARN as cdk-nag writes it, with the logical id that a deployed bucket keeps.
  const bucket =
    existingBucketName === undefined ? '<Bucket83908E77.Arn>' : `arn:<AWS::Partition>:s3:::${existingBucketName}`;
  const anyKeyIn = (...folders: string[]) =>
    folders.map((folder) => `AwsSolutions-IAM5[Resource::${bucket}/${folder}/*]`);

  return [
    {
      at: ['ArchiverRole'],
      rules: anyKeyIn('library', 'tasks', 'quarantine', 'callbacks', 'answers', 'schedule'),
      reason: 'Keys are made of tasks and titles that come later, so a folder is the least that can be granted.',
    },
    {
      at: ['SweeperRole'],
      rules: anyKeyIn('schedule'),
      reason: 'The key of a marker is its time and its task, so the folder is the least that can be granted.',
    },
    {
      at: ['Bucket'],
      rules: ['AwsSolutions-S1'],
      reason:
        'Access logs take a second bucket that only grows, and CloudTrail can tell the same to owners who need it.',
    },
    {
      at: ['Secret'],
      rules: ['AwsSolutions-SMG4'],
      reason: 'A new token is a new callback URL, so it changes when its owner can hand that out, not by the calendar.',
    },
    {
      at: [...allowances(config).map(({ method, path }) => method + path.replaceAll('/', '--')), 'AnyOther'].map(
        (id) => `${atHost('Api', config)}/${id}`,
      ),
      rules: ['AwsSolutions-APIG4'],
      reason: 'Providers send no credentials but the URL itself, and the receiver checks the token in it.',
    },
    {
      at: [atHost('Stage', config)],
      rules: ['AwsSolutions-APIG1', 'Serverless-APIGWAccessLogging'],
      reason: 'It has a line for each request that was refused too, so a flood would fill it: see `accessLog`.',
    },
    {
      at: ['Archiver', 'Receiver', 'Sweeper'],
      rules: ['Serverless-LambdaTracing'],
      reason: 'Traces cost extra and need a permission on all resources, and the log tells how each invocation ended.',
    },
    {
      at: ['Receiver'],
      rules: ['Serverless-LambdaDLQ'],
      reason: 'It is called synchronously, and Lambda uses this setting for asynchronous calls only.',
    },
    {
      at: ['Archiver'],
      rules: ['Serverless-LambdaDLQ'],
      reason: 'Both of its queues have a dead-letter queue, and Lambda uses this setting for asynchronous calls only.',
    },
    {
      at: ['Archiver/Messages', 'Archiver/Wakes'],
      rules: ['Serverless-LambdaEventSourceMappingDestination'],
      reason: 'Lambda takes a destination for streams only; the redrive policy handles messages that keep failing.',
    },
    {
      at: ['Sweeper', 'SweepRule'],
      rules: ['Serverless-LambdaDLQ', 'Serverless-LambdaAsyncFailureDestination', 'Serverless-EventBusDLQ'],
      reason: 'The event says nothing but that a minute is over, and the next sweep finds the same markers.',
    },
    {
      at: ['DeadLetterQueue'],
      rules: ['Serverless-SQSRedrivePolicy'],
      reason: 'It is the end: its messages wait for `trackkeeper redrive`.',
    },
    ...(forwardTo === undefined ? [] : ofForwarding(anyKeyIn)),
    ...(alarmEmail === undefined ? [] : ofMail),
  ];
}

const ofMail: Acknowledgement[] = [
  {
    at: ['Alarms'],
    rules: ['Serverless-SNSRedrivePolicy'],
    reason: 'An undelivered mail is outdated when it is found, and the alarm itself still shows the state.',
  },
];

function ofForwarding(anyKeyIn: (...folders: string[]) => string[]): Acknowledgement[] {
  return [
    {
      at: ['ForwarderRole'],
      rules: anyKeyIn('callbacks', 'answers', 'library', 'tasks'),
      reason: 'Task ids and titles are not known in advance, so a folder is the narrowest possible grant.',
    },
    {
      at: ['Forwarder'],
      rules: ['Serverless-LambdaTracing'],
      reason: 'Traces cost extra and need a permission on all resources, and the log tells how each request ended.',
    },
    {
      at: ['Forwarder'],
      rules: ['Serverless-LambdaDLQ'],
      reason: 'Its queue has a dead-letter queue, and Lambda uses this setting for asynchronous calls only.',
    },
    {
      at: ['Forwarder/Events'],
      rules: ['Serverless-LambdaEventSourceMappingDestination'],
      reason: 'Lambda takes a destination for streams only; the redrive policy handles messages that keep failing.',
    },
    {
      at: ['ForwardRule'],
      rules: ['Serverless-EventBusDLQ'],
      reason:
        'EventBridge tries for a day, and its own dead letters would stop `trackkeeper redrive`, because they have no source queue.',
    },
  ];
}
