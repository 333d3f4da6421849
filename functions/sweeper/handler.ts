// The sweeper's Lambda, invoked by EventBridge once a minute: runs `sweep`, and once an hour `countTasks`. The next
// invocation continues what this one does not finish.
import type { Context, ScheduledEvent } from 'aws-lambda';
import { createCallAws, createS3Client } from '../adapters/aws/clients.ts';
import { createLogger } from '../adapters/logger.ts';
import { createS3Schedule } from '../adapters/s3/s3-schedule.ts';
import { createSqsQueue } from '../adapters/sqs-queue.ts';
import { sweeperEnv } from './env.ts';
import { countTasks, isFullHour, type Swept, sweep } from './sweep.ts';

// Runs on cold start only: the adapters are chosen here.
const env = sweeperEnv.parse(process.env);
const clock = { now: () => new Date() };
/** For small requests: two attempts of 5 s without a response. */
const s3 = createS3Client(process.env, { connectMs: 2_000, idleMs: 5_000 });
const callMs = 10_000;
const deps = {
  schedule: createS3Schedule(env.BUCKET_NAME, createCallAws(s3, callMs)),
  queue: createSqsQueue(env.WAKE_QUEUE_URL, process.env),
  clock,
  log: createLogger({ write: (line) => process.stdout.write(`${line}\n`), clock, stackName: env.STACK_NAME }),
};

/** Time for the batches in progress: a second, and more if AWS is slow. A batch that is cut off is swept again. */
const reserveMs = 10_000;

type Started = Partial<Pick<ScheduledEvent, 'time'>> | null;

/** Called by AWS once a minute. Invoked by hand, with any event, it does not count tasks. */
export async function handler(event: Started, context: Context): Promise<Swept> {
  const leftMs = context.getRemainingTimeInMillis() - reserveMs;
  const stopping = AbortSignal.timeout(Math.max(0, Math.floor(leftMs)));
  try {
    return await sweep(deps, { stopping });
  } finally {
    if (isFullHour(event?.time)) await countTasks(deps, { stopping });
  }
}
