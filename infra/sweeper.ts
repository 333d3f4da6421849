import { Duration, type Stack } from 'aws-cdk-lib';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { SweeperEnv } from '../functions/sweeper/env.ts';
import type { Config } from './config.ts';
import { allow, defineNodeFunction, type FunctionCode } from './node-function.ts';
import type { StackQueues } from './queues.ts';
import { sweepSeconds } from './shared-settings.ts';
import { keyPermissions } from './storage.ts';

type SweeperProps = { config: Config; code: FunctionCode; bucket: IBucket; queues: StackQueues };

/**
 * Defines the sweeper: each minute it finds due tasks and sends their wake messages to the archiver. Deliberately
 * without reserved concurrency, which a new account cannot afford: the timeout prevents overlapping sweeps, and
 * overlap would do no harm.
 */
export function defineSweeper(stack: Stack, { config, code, bucket, queues: { wakeQueue } }: SweeperProps) {
  const markers = bucket.arnForObjects('schedule/*');
  const sweeper = defineNodeFunction(stack, 'Sweeper', {
    name: 'sweeper',
    description: 'Looks for tasks that are due, and wakes the archiver.',
    code,
    config,
    // Not for the memory: a larger share of a CPU sends requests faster.
    memorySize: 512,
    environment: {
      STACK_NAME: config.stackName,
      BUCKET_NAME: bucket.bucketName,
      WAKE_QUEUE_URL: wakeQueue.queueUrl,
    } satisfies SweeperEnv,
    allow: [
      allow(['s3:ListBucket'], [bucket.bucketArn], { StringLike: { 's3:prefix': 'schedule/*' } }),
      allow(['s3:PutObject', 's3:DeleteObject'], [markers]),
      ...keyPermissions(bucket, config),
      allow(['sqs:SendMessage'], [wakeQueue.queueArn]),
    ],
  });
  // A failed or late sweep is not retried: the next one finds the same markers.
  sweeper.configureAsyncInvoke({ retryAttempts: 0, maxEventAge: Duration.seconds(sweepSeconds) });

  new Rule(stack, 'SweepRule', {
    description: 'Starts the sweeper.',
    schedule: Schedule.rate(Duration.seconds(sweepSeconds)),
    targets: [new LambdaFunction(sweeper)],
  });

  return { sweeper };
}
