import { GetQueueAttributesCommand, type SQSClient } from '@aws-sdk/client-sqs';
import * as z from 'zod';
import type { QueueState } from '../target.ts';

const count = z.coerce.number();
const attributesSchema = z.object({
  QueueArn: z.string(),
  VisibilityTimeout: count,
  MessageRetentionPeriod: count,
  ApproximateNumberOfMessages: count,
  RedrivePolicy: z.string().optional(),
  SqsManagedSseEnabled: z.string().optional(),
  KmsMasterKeyId: z.string().optional(),
});
const redriveSchema = z.object({ deadLetterTargetArn: z.string(), maxReceiveCount: count });

/** `isLocal`: nothing is encrypted on this machine. */
export async function queueState(
  client: SQSClient,
  url: string,
  { isLocal }: { isLocal: boolean },
): Promise<QueueState> {
  const asked = new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ['All'] });
  const attributes = attributesSchema.parse((await client.send(asked)).Attributes);
  const { RedrivePolicy: redrive, SqsManagedSseEnabled: managed, KmsMasterKeyId: key } = attributes;
  return {
    arn: attributes.QueueArn,
    visibilitySeconds: attributes.VisibilityTimeout,
    retentionSeconds: attributes.MessageRetentionPeriod,
    redrive: redrive === undefined ? null : parseRedrive(redrive),
    isEncrypted: isLocal ? null : managed === 'true' || key !== undefined,
    waiting: attributes.ApproximateNumberOfMessages,
  };
}

function parseRedrive(text: string): QueueState['redrive'] {
  const { deadLetterTargetArn, maxReceiveCount } = redriveSchema.parse(JSON.parse(text));
  return { targetArn: deadLetterTargetArn, maxReceiveCount };
}
