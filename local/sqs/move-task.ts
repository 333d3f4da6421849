// StartMessageMoveTask: moves the messages of a dead-letter queue back to their source queues.
import { randomUUID } from 'node:crypto';
import type { JsonOperation } from '../aws-json.ts';
import { arnOf, nameInArn, queueByArn } from './address.ts';
import { invalidParameter, optionalIntegerParameter, optionalTextParameter, taking, textParameter } from './input.ts';
import { moveMessage, visibleMessages } from './queue.ts';
import { redrivePolicyOf } from './queue-attributes.ts';
import type { LocalSqsQueue, LocalSqsQueues, SqsChange, SqsMessage, SqsStore } from './state.ts';

type Request = { readonly queues: LocalSqsQueues; readonly source: LocalSqsQueue; readonly destinationArn?: string };

type MoveTask = {
  readonly TaskHandle: string;
  readonly Status: 'COMPLETED' | 'FAILED';
  readonly SourceArn: string;
  readonly DestinationArn?: string;
  readonly ApproximateNumberOfMessagesMoved: number;
  readonly FailureReason?: string;
  readonly StartedTimestamp: number;
};

/**
 * Deliberately completed within the request, where SQS needs time: a client that asks for the task's state finds it
 * complete. As in SQS, messages in flight stay.
 */
function moveBack({ queues, source, destinationArn }: Request, now: number): { task: MoveTask; changes: SqsChange[] } {
  const sourceArn = arnOf(source.settings.name);
  if (![...queues.values()].some((queue) => redrivePolicyOf(queue).deadLetterTargetArn === sourceArn)) {
    throw invalidParameter('SourceArn', sourceArn, 'Source queue must be configured as a Dead Letter Queue.');
  }
  const waiting = visibleMessages(source, now);
  const moves = waiting.flatMap((message) => {
    const targetArn = destinationArn ?? message.sourceArn;
    return targetArn ? [moveMessage(message, source, nameInArn(targetArn), sentAnew(message, now))] : [];
  });

  const task: MoveTask = {
    TaskHandle: Buffer.from(randomUUID()).toString('base64'),
    SourceArn: sourceArn,
    DestinationArn: destinationArn,
    ApproximateNumberOfMessagesMoved: moves.length,
    StartedTimestamp: now,
    // A message that was sent directly to the dead-letter queue has no source queue.
    ...(moves.length === waiting.length
      ? { Status: 'COMPLETED' }
      : { Status: 'FAILED', FailureReason: 'CouldNotDetermineMessageSource' }),
  };
  return { task, changes: moves.flat() };
}

/** To SQS this is a new message: a new id, a new age, a receive count of zero. */
const sentAnew = ({ body, attributes }: SqsMessage, now: number): SqsMessage => ({
  id: randomUUID(),
  body,
  attributes,
  sentAt: now,
  visibleAt: now,
  receiveCount: 0,
});

// The operations that move messages back from a dead-letter queue. A restart forgets the tasks, but not the moves.

export function moveOperations({ queues, commit }: SqsStore, now: () => number): Record<string, JsonOperation> {
  const tasks: MoveTask[] = [];

  return {
    StartMessageMoveTask: taking(['SourceArn', 'DestinationArn'], ({ input }) => {
      const source = queueByArn(queues, textParameter(input, 'SourceArn'));
      const destinationArn = optionalTextParameter(input, 'DestinationArn');
      if (destinationArn !== undefined) queueByArn(queues, destinationArn);
      const { task, changes } = moveBack({ queues, source, destinationArn }, now());
      commit(changes);
      tasks.unshift(task);
      return { TaskHandle: task.TaskHandle };
    }),

    ListMessageMoveTasks: taking(['SourceArn', 'MaxResults'], ({ input }) => {
      const sourceArn = arnOf(queueByArn(queues, textParameter(input, 'SourceArn')).settings.name);
      const limit = optionalIntegerParameter(input, 'MaxResults', { min: 1, max: 10 }) ?? 1;
      return { Results: tasks.filter((task) => task.SourceArn === sourceArn).slice(0, limit) };
    }),
  };
}
