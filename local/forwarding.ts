// The stack's forwarding on this machine: EventBridge's rule for task events, and the queue that it fills.

import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { clientConfig } from '../client/target/local-aws.ts';
import type { ForwarderEnv } from '../functions/forwarder/env.ts';
import { forwardedEvents, testTaskPrefix } from '../infra/shared-settings.ts';
import type { EventEnvelope } from './events.ts';
import { createForwardQueue, type LocalQueue } from './resources.ts';

export type ForwardingOptions = {
  /** The URL of the local SQS. */
  endpoint: string;
  deadLetterQueue: LocalQueue;
  /** The forwarder's environment without its queue. */
  environment: Omit<ForwarderEnv, 'FORWARD_QUEUE_URL'>;
};

export type Forwarding = {
  queue: LocalQueue;
  environment: ForwarderEnv;
  /** Resolves once the queue has the event, if the rule matches it. */
  onEvent: (event: EventEnvelope) => Promise<void>;
  close: () => void;
};

export async function startForwarding(options: ForwardingOptions): Promise<Forwarding> {
  const { endpoint, deadLetterQueue, environment } = options;
  const queue = await createForwardQueue(endpoint, deadLetterQueue);
  const client = new SQSClient(clientConfig(endpoint));
  return {
    queue,
    environment: { ...environment, FORWARD_QUEUE_URL: queue.url },
    async onEvent(event) {
      if (!matches(event)) return;
      await client.send(new SendMessageCommand({ QueueUrl: queue.url, MessageBody: JSON.stringify(event) }));
    },
    close: () => client.destroy(),
  };
}

/** Matches as the stack's rule does, without its check of the stack's name: there is only one local stack. */
function matches({ source, 'detail-type': type, detail }: EventEnvelope): boolean {
  const taskId = typeof detail === 'object' && detail !== null && 'taskId' in detail ? detail.taskId : undefined;
  return (
    source === forwardedEvents.source &&
    forwardedEvents.types.some((forwarded) => forwarded === type) &&
    typeof taskId === 'string' &&
    !taskId.startsWith(testTaskPrefix)
  );
}
