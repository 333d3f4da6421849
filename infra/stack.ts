import { type App, Stack } from 'aws-cdk-lib';
import { defineAlarms } from './alarms.ts';
import { defineIntake } from './api.ts';
import { defineArchiving } from './archiver.ts';
import type { Config } from './config.ts';
import { defineDashboard } from './dashboard.ts';
import { defineForwarding } from './forwarder.ts';
import type { FunctionCode } from './node-function.ts';
import { defineOutputs } from './outputs.ts';
import { defineQueues } from './queues.ts';
import { defineStorage } from './storage.ts';
import { defineSweeping } from './sweeper.ts';

/** Defines the complete stack, from the bucket back to the API. */
export function defineStack(app: App, config: Config, code: FunctionCode): Stack {
  const stack = new Stack(app, config.stackName, {
    stackName: config.stackName,
    description: 'Trackkeeper: the callBackUrl that keeps your music.',
    tags: { application: 'trackkeeper' },
  });

  const bucket = defineStorage(stack, config);
  const queues = defineQueues(stack);
  const archiving = defineArchiving(stack, { config, code, bucket, queues });
  const sweeping = defineSweeping(stack, { config, code, bucket, queues });
  const intake = defineIntake(stack, { config, code, queue: queues.queue });
  const forwarding = defineForwarding(stack, { config, code, bucket, queues, secret: intake.secret });
  const watched = { queues, ...archiving, ...sweeping, ...intake };
  const alarms = defineAlarms(stack, config, watched);
  defineDashboard(stack, config, { ...watched, ...alarms });
  defineOutputs(stack, { bucket, queues, ...archiving, ...intake, ...forwarding, ...alarms });

  return stack;
}
