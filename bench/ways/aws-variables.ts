import { functionVariables } from '../../client/target/local-aws.ts';

/** Nothing listens there. */
export const unusedUrl = 'https://127.0.0.1:9';

/** The account that all ways use; the sink is its S3, its SQS and its EventBridge. */
export const awsVariables = (sinkUrl: string) =>
  functionVariables('archiver', { s3: sinkUrl, sqs: sinkUrl, secrets: unusedUrl, events: sinkUrl });
