import { type App, Stack } from 'aws-cdk-lib';
import { defineArchiving } from './archiving.ts';
import type { Config } from './config.ts';
import { defineIntake } from './intake.ts';
import type { FunctionCode } from './node-function.ts';
import { defineOutputs } from './outputs.ts';
import { defineStorage } from './storage.ts';

/** Everything that is deployed, in the order a callback meets it, seen from its end. */
export function defineStack(app: App, config: Config, code: FunctionCode): Stack {
  const stack = new Stack(app, config.stackName, {
    stackName: config.stackName,
    description: 'Trackkeeper: the callBackUrl that keeps your music.',
    tags: { application: 'trackkeeper' },
  });

  const bucket = defineStorage(stack, config);
  const queue = defineArchiving(stack, { config, code, bucket });
  const intake = defineIntake(stack, { config, code, queue });
  defineOutputs(stack, { bucket, queue, ...intake });

  return stack;
}
