import { type App, Stack } from 'aws-cdk-lib';
import { defineArchiving } from './archiving.ts';
import type { Config } from './config.ts';
import { defineIntake } from './intake.ts';
import type { FunctionCode } from './node-function.ts';
import { defineOutputs } from './outputs.ts';
import { defineQueues } from './queues.ts';
import { defineStorage } from './storage.ts';
import { defineSweeping } from './sweeping.ts';

/** Everything that is deployed, in the order a callback meets it, seen from its end. */
export function defineStack(app: App, config: Config, code: FunctionCode): Stack {
  const stack = new Stack(app, config.stackName, {
    stackName: config.stackName,
    description: 'Trackkeeper: the callBackUrl that keeps your music.',
    tags: { application: 'trackkeeper' },
  });

  const bucket = defineStorage(stack, config);
  const queues = defineQueues(stack);
  const archiving = defineArchiving(stack, { config, code, bucket, queues });
  defineSweeping(stack, { config, code, bucket, queues });
  const intake = defineIntake(stack, { config, code, queue: queues.queue });
  defineOutputs(stack, { bucket, queues, ...archiving, ...intake });

  return stack;
}
