import { functionVariables } from '../../infra/local/local-aws.ts';

/** Nobody listens there: a task that ends in one go asks nothing of the queue. */
export const unusedUrl = 'https://127.0.0.1:9';

/** The account that all ways use, with the sink for its S3 and its EventBridge. */
export const awsVariables = (sinkUrl: string) =>
  functionVariables('archiver', { s3: sinkUrl, sqs: unusedUrl, secrets: unusedUrl, events: sinkUrl });
