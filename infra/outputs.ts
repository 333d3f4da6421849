import { CfnOutput, type Stack } from 'aws-cdk-lib';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { StackQueues } from './queues.ts';

type Deployed = {
  bucket: IBucket;
  queues: StackQueues;
  callbackBaseUrl: string;
  tasksBaseUrl: string;
  secretId: string;
  providerKeysSecretId: string | undefined;
  forwardQueueUrl: string | undefined;
  alarmTopicArn: string;
};

/** The stack's outputs. The command line reads them by these names. */
export function defineOutputs(stack: Stack, deployed: Deployed): void {
  const {
    bucket,
    queues,
    callbackBaseUrl,
    tasksBaseUrl,
    secretId,
    providerKeysSecretId,
    forwardQueueUrl,
    alarmTopicArn,
  } = deployed;
  const output = (name: string, value: string, description: string) =>
    new CfnOutput(stack, name, { value, description });

  output('BucketName', bucket.bucketName, 'The bucket with the music.');
  output('QueueUrl', queues.queue.queueUrl, 'The queue of callbacks for the archiver.');
  output('WakeQueueUrl', queues.wakeQueue.queueUrl, 'The queue of due tasks for the archiver.');
  output('DeadLetterQueueUrl', queues.deadLetterQueue.queueUrl, 'The dead-letter queue.');
  output('CallbackBaseUrl', callbackBaseUrl, 'The callback URL without its token.');
  output(
    'TasksBaseUrl',
    tasksBaseUrl,
    'The URL for announcing tasks, without the token, which is that of the callback URL.',
  );
  output('SecretId', secretId, 'The secret that holds the token of the callback URL.');
  if (providerKeysSecretId !== undefined) {
    output('ProviderKeysSecretId', providerKeysSecretId, 'The secret that holds your API keys to the providers.');
  }
  if (forwardQueueUrl !== undefined) {
    output('ForwardQueueUrl', forwardQueueUrl, 'The queue of events for your endpoint.');
  }
  output('AlarmTopicArn', alarmTopicArn, 'The SNS topic of the alarms: subscribe everyone who should be notified.');
  output(
    'CallbackUrlCommand',
    `npm run --silent url -- --stack ${stack.stackName} --region ${stack.region}`,
    'Prints the callback URL to give to the provider.',
  );
}
