// Once a minute: EventBridge in, `sweep`. What it cannot finish, the next one does.
import type { Context } from 'aws-lambda';
import { createJsonLog } from '../adapters/json-log.ts';
import { createS3Schedule } from '../adapters/s3/s3-schedule.ts';
import { createSqsQueue } from '../adapters/sqs-queue.ts';
import { sweeperEnv } from './env.ts';
import { type Swept, sweep } from './sweep.ts';

const env = sweeperEnv.parse(process.env);
const clock = { now: () => new Date() };
const deps = {
  schedule: createS3Schedule(env.BUCKET_NAME, process.env),
  queue: createSqsQueue(env.WAKE_QUEUE_URL, process.env),
  clock,
  log: createJsonLog((line) => process.stdout.write(`${line}\n`), clock),
};

/** For the batches that are under way: a second, and more where AWS is slow. A batch that is cut off is swept again. */
const reserveMs = 10_000;

export async function handler(_event: unknown, context: Context): Promise<Swept> {
  const leftMs = context.getRemainingTimeInMillis() - reserveMs;
  return sweep(deps, { stopping: AbortSignal.timeout(Math.max(0, Math.floor(leftMs))) });
}
