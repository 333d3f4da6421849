// Acknowledges a callback once the queue has it (P1), whatever it contains; the archiver reads it later.
import { findTaskId, parseBody } from '../domain/callback/body.ts';
import { limits } from '../domain/limits.ts';
import { encodeCallback } from '../domain/message.ts';
import type { Clock, Queue, ReadCallbackSecret } from '../ports.ts';
import { checkSignature, checkToken, checkWithFreshSecret, type SignedHeaders } from './verify.ts';

export type CallbackRequest = {
  method: string;
  token: string;
  body: Buffer;
  labels: Record<string, string>;
  signed: SignedHeaders;
};

/** The result of a request; only http.ts handles HTTP. */
export type ReceiveOutcome =
  | { outcome: 'ready' | 'unknown-path' | 'unknown-token' | 'too-large' | 'too-many' | 'received' }
  | { outcome: 'unsigned' | 'quarantined' | 'refused'; reason: string }
  | { outcome: 'expected'; tasks: number };

export type ReceiveDeps = {
  queue: Pick<Queue, 'send'>;
  readSecret: ReadCallbackSecret;
  clock: Clock;
};

/** @throws if the queue does not take the message: the provider must retry */
export async function receive(
  request: CallbackRequest,
  { queue, readSecret, clock }: ReceiveDeps,
  signal: AbortSignal,
): Promise<ReceiveOutcome & { taskId?: string | null }> {
  const isUnknown = await checkWithFreshSecret(readSecret, (secret) => checkToken(request.token, secret));
  if (isUnknown !== null) return { outcome: 'unknown-token' };
  if (request.method === 'GET') return { outcome: 'ready' };
  if (request.body.length > limits.callbackBytes) return { outcome: 'too-large' };

  const body = parseBody(request.body);
  const taskId = findTaskId(body);
  const now = clock.now();
  const reason = await checkWithFreshSecret(readSecret, ({ kieWebhookKeys: keys }) =>
    checkSignature(request.signed, { taskId, keys, now }),
  );
  if (reason !== null) return { outcome: 'unsigned', reason, taskId };
  const message = encodeCallback({ receivedAt: now.toISOString(), labels: request.labels, body: request.body });
  if (message === null) return { outcome: 'too-large', taskId };
  await queue.send(message, { signal });

  if (body === undefined) return { outcome: 'quarantined', reason: 'the body is not JSON', taskId };
  if (taskId === null) return { outcome: 'quarantined', reason: 'there is no task id anywhere', taskId };
  return { outcome: 'received', taskId };
}
