// Opens a deployment for the doctor, by its outputs.
import { S3Client } from '@aws-sdk/client-s3';
import { SQSClient } from '@aws-sdk/client-sqs';
import { CommandError } from '../../../client/command-error.ts';
import type { Deployed } from '../../../client/deployed.ts';
import type { DoctorTarget } from '../target.ts';
import { ask } from './ask.ts';
import { createExaminedBucket, offerInBucket } from './examined-bucket.ts';
import { examinedStack, queueState } from './examined-stack.ts';

/** Short timeouts and few retries: the doctor has one minute. */
const clientLimits = {
  maxAttempts: 2,
  requestHandler: { connectionTimeout: 3_000, requestTimeout: 8_000, throwOnRequestTimeout: true },
};

export function openForDoctor(
  { name, outputs, secretValue, s3: s3Config, sqs: sqsConfig, local }: Deployed,
  now: () => Date,
): DoctorTarget & { close(): void } {
  const {
    BucketName: bucketName,
    CallbackBaseUrl: callbackBaseUrl,
    SecretId: secretId,
    WakeQueueUrl: wakeQueue,
  } = outputs;
  if (callbackBaseUrl === undefined || secretId === undefined || wakeQueue === undefined) {
    throw new CommandError(`${name} is of another version, or its deployment did not end: deploy it again.`);
  }
  const urls = { queue: outputs.QueueUrl, wakeQueue, deadLetterQueue: outputs.DeadLetterQueueUrl };
  const s3 = new S3Client({ ...s3Config, ...clientLimits });
  // Otherwise an endpoint that the owner configured, such as AWS_ENDPOINT_URL, is ignored.
  const sqs = new SQSClient({ ...sqsConfig, ...clientLimits, useQueueUrlAsEndpoint: false });
  const queue: DoctorTarget['queue'] = (name) => queueState(sqs, urls[name], { isLocal: local !== null });
  const queueArn = async () => (await queue('queue')).arn;
  const settings = { ...(s3Config.region !== undefined && { region: s3Config.region }), ...clientLimits };
  const { AlarmTopicArn: alarmTopicArn } = outputs;
  const stack = local === null ? examinedStack({ name, bucketName, alarmTopicArn, queueArn, s3, settings, now }) : null;
  let secret: Promise<string> | undefined;

  return {
    callbackBaseUrl,
    secret() {
      secret ??= secretValue(secretId);
      return secret;
    },
    ask,
    bucket: createExaminedBucket(s3, bucketName),
    offer:
      local === null ? offerInBucket(s3, bucketName, now) : async (_taskId, seed) => `${local.testMediaUrl}${seed}.mp3`,
    queue,
    stack,
    close() {
      s3.destroy();
      sqs.destroy();
      stack?.close();
    },
  };
}
