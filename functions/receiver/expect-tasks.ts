// The story of an announcement: whoever started a task says so, and it is watched from then on, callback or not.
import { parseBody } from '../domain/callback/body.ts';
import { readExpectedTasks } from '../domain/expected.ts';
import { limits } from '../domain/limits.ts';
import { encodeMessage } from '../domain/message.ts';
import type { CallbackRequest, ReceiveDeps, Received } from './receive.ts';
import { lastingFault, tokenFault } from './verify.ts';

/**
 * The token is all that is asked for: kie.ai signs what it sends itself, and this comes from the owner.
 * @throws whatever keeps the queue from taking the message: nothing is watched then, and the caller must try again
 */
export async function expectTasks(
  { token, body, labels }: Pick<CallbackRequest, 'token' | 'body' | 'labels'>,
  { queue, readSecret, clock }: ReceiveDeps,
  signal: AbortSignal,
): Promise<Received> {
  const isUnknown = await lastingFault(readSecret, (secret) => tokenFault(token, secret));
  if (isUnknown !== null) return { outcome: 'unknown-token' };
  if (body.length > limits.callbackBytes) return { outcome: 'too-many' };

  const json = parseBody(body);
  if (json === undefined) return { outcome: 'refused', reason: 'the body is not JSON' };
  const read = readExpectedTasks(json);
  if ('fault' in read) return { outcome: 'refused', reason: read.fault };

  const { tasks } = read;
  const message = encodeMessage({ type: 'expected', receivedAt: clock.now().toISOString(), labels, tasks });
  if (Buffer.byteLength(message) > limits.messageBytes) return { outcome: 'too-many' };
  await queue.send(message, { signal });
  return { outcome: 'expected', tasks: tasks.length };
}
