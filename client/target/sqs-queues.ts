import {
  GetQueueAttributesCommand,
  ListMessageMoveTasksCommand,
  SendMessageCommand,
  SQSClient,
  type SQSClientConfig,
  StartMessageMoveTaskCommand,
} from '@aws-sdk/client-sqs';
import type { DeadLetters, Target } from '../target.ts';

export type SqsQueues = Pick<Target, 'send' | 'deadLetters'> & { close(): void };
type Urls = { queueUrl: string; deadLetterQueueUrl: string };

export function createSqsQueues({ queueUrl, deadLetterQueueUrl }: Urls, config: SQSClientConfig): SqsQueues {
  const client = new SQSClient(config);

  /** Redrives identify a queue by its ARN, all other calls by its URL. */
  async function attributes() {
    const { Attributes = {} } = await client.send(
      new GetQueueAttributesCommand({
        QueueUrl: deadLetterQueueUrl,
        AttributeNames: ['QueueArn', 'ApproximateNumberOfMessages'],
      }),
    );
    return { arn: Attributes.QueueArn, count: Number(Attributes.ApproximateNumberOfMessages ?? 0) };
  }

  const deadLetters: DeadLetters = {
    count: async () => (await attributes()).count,
    async startMove() {
      await client.send(new StartMessageMoveTaskCommand({ SourceArn: (await attributes()).arn }));
    },
    async lastMove() {
      const asking = new ListMessageMoveTasksCommand({ SourceArn: (await attributes()).arn, MaxResults: 1 });
      const [last] = (await client.send(asking)).Results ?? [];
      if (last === undefined) return undefined;
      const { Status, ApproximateNumberOfMessagesMoved: moved = 0, ApproximateNumberOfMessagesToMove: toMove } = last;
      return {
        startedAt: last.StartedTimestamp ?? 0,
        isRunning: Status === 'RUNNING' || Status === 'CANCELLING',
        moved,
        toMove: toMove ?? null,
        failure: Status === 'COMPLETED' ? null : (last.FailureReason ?? String(Status)),
      };
    },
  };

  return {
    async send(message) {
      await client.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: message }));
    },
    deadLetters,
    close: () => client.destroy(),
  };
}
