import { type App, Stack } from 'aws-cdk-lib';
import { defineAlarms } from './alarms.ts';
import { defineApi } from './api.ts';
import { defineArchiver } from './archiver.ts';
import type { Config } from './config.ts';
import { defineDashboard } from './dashboard.ts';
import { defineForwarder } from './forwarder.ts';
import type { FunctionCode } from './node-function.ts';
import { defineOutputs } from './outputs.ts';
import { defineQueues } from './queues.ts';
import { defineStorage } from './storage.ts';
import { defineSweeper } from './sweeper.ts';

/** Defines the complete stack, from the bucket back to the API. */
export function defineStack(app: App, config: Config, code: FunctionCode): Stack {
  const stack = new Stack(app, config.stackName, {
    stackName: config.stackName,
    description: 'Trackkeeper: the callBackUrl that keeps your music.',
    tags: { application: 'trackkeeper' },
  });

  const bucket = defineStorage(stack, config);
  const queues = defineQueues(stack);
  const archiver = defineArchiver(stack, { config, code, bucket, queues });
  const sweeper = defineSweeper(stack, { config, code, bucket, queues });
  const api = defineApi(stack, { config, code, queue: queues.queue });
  const forwarder = defineForwarder(stack, { config, code, bucket, queues, secret: api.secret });
  const monitored = { queues, ...archiver, ...sweeper, ...api };
  const alarms = defineAlarms(stack, config, monitored);
  defineDashboard(stack, config, { ...monitored, ...alarms });
  defineOutputs(stack, { bucket, queues, ...archiver, ...api, ...forwarder, ...alarms });

  return stack;
}
