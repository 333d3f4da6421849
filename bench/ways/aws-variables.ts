import { functionVariables } from '../../client/target/local-aws.ts';

/** Nothing listens there: a task that ends in one invocation sends nothing to the queue. */
export const unusedUrl = 'https://127.0.0.1:9';

/** The account that all ways use; the sink is its S3 and its EventBridge. */
export const awsVariables = (sinkUrl: string) =>
  functionVariables('archiver', { s3: sinkUrl, sqs: unusedUrl, secrets: unusedUrl, events: sinkUrl });
