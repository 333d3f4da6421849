// Is this request from somebody who may hand in callbacks?
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { limits } from '../domain/limits.ts';
import type { CallbackSecret } from '../ports.ts';

/** Whether the token of the path is one of those that are valid now; takes the same time whichever it is. */
export function isValidToken(token: string, { tokens }: CallbackSecret): boolean {
  return tokens.map((valid) => isSame(token, valid)).includes(true);
}

export type SignedHeaders = { timestamp: string | undefined; signature: string | undefined };

/**
 * Why kie.ai's signature does not hold, or null where it does. It covers the task id and the time, not the body: a second
 * lock, never a reason to trust what the body says. (kie.ai, "Webhook verification": base64 of HMAC-SHA256 over
 * `taskId.timestamp`, the timestamp in seconds.)
 */
export function signatureFault(
  { timestamp, signature }: SignedHeaders,
  { taskId, key, now }: { taskId: string | null; key: string; now: Date },
): string | null {
  if (timestamp === undefined || signature === undefined) return 'the signature headers are missing';
  if (!/^\d{1,12}$/.test(timestamp)) return 'the signature timestamp is not a number of seconds';
  if (taskId === null) return 'there is no task id that the signature could cover';
  const expected = createHmac('sha256', key).update(`${taskId}.${timestamp}`).digest('base64');
  if (!isSame(signature, expected)) return 'the signature does not match';
  const ageMs = Math.abs(now.getTime() - Number(timestamp) * 1000);
  return ageMs > limits.signatureAgeMs ? 'the signature is older than 5 minutes' : null;
}

/** Hashing first makes both sides equally long, which the constant-time comparison needs. */
function isSame(a: string, b: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}
