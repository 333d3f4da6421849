// StartMessageMoveTask: moves the messages of a dead-letter queue back to their source queues.
import { randomUUID } from 'node:crypto';
import type { Operation } from '../aws-json.ts';
import { arnOf, nameInArn, queueByArn } from './address.ts';
import { invalidParameter, optionalInteger, optionalText, taking, text } from './input.ts';
import { move, visibleMessages } from './queue.ts';
import { redrivePolicyOf } from './queue-attributes.ts';
import type { Change, Message, Queue, Queues, Store } from './state.ts';

export type MoveTask = {
  readonly TaskHandle: string;
  readonly Status: 'COMPLETED' | 'FAILED';
  readonly SourceArn: string;
  readonly DestinationArn?: string;
  readonly ApproximateNumberOfMessagesMoved: number;
  readonly FailureReason?: string;
  readonly StartedTimestamp: number;
};

type Request = { readonly queues: Queues; readonly source: Queue; readonly destinationArn?: string };

/**
 * Deliberately completed within the request, where SQS needs time: a client that asks for the task's state finds it
 * complete. As in SQS, messages in flight stay.
 */
export function moveBack(
  { queues, source, destinationArn }: Request,
  now: number,
): { task: MoveTask; changes: Change[] } {
  const sourceArn = arnOf(source.settings.name);
  if (![...queues.values()].some((queue) => redrivePolicyOf(queue).deadLetterTargetArn === sourceArn)) {
    throw invalidParameter('SourceArn', sourceArn, 'Source queue must be configured as a Dead Letter Queue.');
  }
  const waiting = visibleMessages(source, now);
  const moves = waiting.flatMap((message) => {
    const targetArn = destinationArn ?? message.sourceArn;
    return targetArn ? [move(message, source, nameInArn(targetArn), sentAnew(message, now))] : [];
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
const sentAnew = ({ body, attributes }: Message, now: number): Message => ({
  id: randomUUID(),
  body,
  attributes,
  sentAt: now,
  visibleAt: now,
  receiveCount: 0,
});

// The operations that move messages back from a dead-letter queue. A restart forgets the tasks, but not the moves.

export function moveOperations({ queues, commit }: Store, now: () => number): Record<string, Operation> {
  const tasks: MoveTask[] = [];

  return {
    StartMessageMoveTask: taking(['SourceArn', 'DestinationArn'], ({ input }) => {
      const source = queueByArn(queues, text(input, 'SourceArn'));
      const destinationArn = optionalText(input, 'DestinationArn');
      if (destinationArn !== undefined) queueByArn(queues, destinationArn);
      const { task, changes } = moveBack({ queues, source, destinationArn }, now());
      commit(changes);
      tasks.unshift(task);
      return { TaskHandle: task.TaskHandle };
    }),

    ListMessageMoveTasks: taking(['SourceArn', 'MaxResults'], ({ input }) => {
      const sourceArn = arnOf(queueByArn(queues, text(input, 'SourceArn')).settings.name);
      const limit = optionalInteger(input, 'MaxResults', { min: 1, max: 10 }) ?? 1;
      return { Results: tasks.filter((task) => task.SourceArn === sourceArn).slice(0, limit) };
    }),
  };
}
