// Handles an announcement: the owner reports tasks that were started, and they are tracked from then on, with or
// without a callback.
import { parseBody } from '../domain/callback/body.ts';
import { readExpectedTasks } from '../domain/expected.ts';
import { limits } from '../domain/limits.ts';
import { encodeMessage } from '../domain/message.ts';
import type { CallbackRequest, ReceiveDeps, ReceiveOutcome } from './receive.ts';
import { checkToken, checkWithFreshSecret } from './verify.ts';

/**
 * Only the token is checked: kie.ai signs its own callbacks, but announcements are the owner's.
 * @throws if the queue does not take the message: nothing is tracked then, and the caller must retry
 */
export async function expectTasks(
  { token, body, labels }: Pick<CallbackRequest, 'token' | 'body' | 'labels'>,
  { queue, readSecret, clock }: ReceiveDeps,
  signal: AbortSignal,
): Promise<ReceiveOutcome> {
  const isUnknown = await checkWithFreshSecret(readSecret, (secret) => checkToken(token, secret));
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
