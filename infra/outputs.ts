import { CfnOutput, type Stack } from 'aws-cdk-lib';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';

type Deployed = { bucket: IBucket; queue: IQueue; callbackBaseUrl: string; secretId: string };

/** What the owner needs after a deployment. `url.ts` reads CallbackBaseUrl and SecretId by these names. */
export function defineOutputs(stack: Stack, { bucket, queue, callbackBaseUrl, secretId }: Deployed): void {
  const output = (name: string, value: string, description: string) =>
    new CfnOutput(stack, name, { value, description });

  output('BucketName', bucket.bucketName, 'Where the music is.');
  output('QueueUrl', queue.queueUrl, 'Where callbacks wait for the archiver.');
  output('CallbackBaseUrl', callbackBaseUrl, 'The callback URL without its token.');
  output('SecretId', secretId, 'The secret that holds the token of the callback URL.');
  output(
    'CallbackUrlCommand',
    `npm run --silent url -- --stack ${stack.stackName} --region ${stack.region}`,
    'Prints the callback URL to give to the provider.',
  );
}
