// StartMessageMoveTask: brings what a dead-letter queue holds back to where it came from.

import { randomUUID } from 'node:crypto';
import { arnOf, nameInArn } from './address.ts';
import { invalidParameter } from './errors.ts';
import { move, visibleMessages } from './queue.ts';
import { redrivePolicyOf } from './queue-attributes.ts';
import type { Change, Message, Queue, Queues } from './state.ts';

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
 * Deliberately done within the request, where SQS takes its time: whoever asks for the task's state finds it ended.
 * Messages that a receiver holds just now stay, as they do in SQS.
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
    // A message that was sent to the dead-letter queue by hand came from nowhere.
    ...(moves.length === waiting.length
      ? { Status: 'COMPLETED' }
      : { Status: 'FAILED', FailureReason: 'CouldNotDetermineMessageSource' }),
  };
  return { task, changes: moves.flat() };
}

/** To SQS it is a new message: a new id, a new age, never received. */
const sentAnew = ({ body, attributes }: Message, now: number): Message => ({
  id: randomUUID(),
  body,
  attributes,
  sentAt: now,
  visibleAt: now,
  receiveCount: 0,
});
