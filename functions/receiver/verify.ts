// Is this request from somebody who may hand in callbacks?
import { createHash, timingSafeEqual } from 'node:crypto';
import { kieSignature } from '../domain/kie-signature.ts';
import { limits } from '../domain/limits.ts';
import type { CallbackSecret, ReadCallbackSecret } from '../ports.ts';

/**
 * What is wrong with a request by the secret as it is now, or null. Only for who would be refused is the secret read again:
 * it may have been replaced. That takes longer, and tells a stranger nothing that the refusal does not.
 * @throws UnavailableError where that cannot be judged now: the sender must try again
 */
export async function lastingFault(
  readSecret: ReadCallbackSecret,
  faultBy: (secret: CallbackSecret) => string | null,
): Promise<string | null> {
  return faultBy(await readSecret()) === null ? null : faultBy(await readSecret('fresh'));
}

/** Takes the same time whichever token it is. Never told: who knows none gets the answer of an unknown path. */
export function tokenFault(token: string, { tokens }: CallbackSecret): string | null {
  return isOneOf(token, tokens) ? null : 'the token is unknown';
}

export type SignedHeaders = { timestamp: string | undefined; signature: string | undefined };

/**
 * Why kie.ai's signature does not hold, or null where it does, or where there is no key. A second lock,
 * never a reason to trust what the body says, which it does not cover.
 */
export function signatureFault(
  { timestamp, signature }: SignedHeaders,
  { taskId, keys, now }: { taskId: string | null; keys: readonly string[]; now: Date },
): string | null {
  if (keys.length === 0) return null;
  if (timestamp === undefined || signature === undefined) return 'the signature headers are missing';
  if (!/^\d{1,12}$/.test(timestamp)) return 'the signature timestamp is not a number of seconds';
  if (taskId === null) return 'there is no task id that the signature could cover';
  const expected = keys.map((key) => kieSignature(taskId, timestamp, key));
  if (!isOneOf(signature, expected)) return 'the signature does not match';
  const ageMs = Math.abs(now.getTime() - Number(timestamp) * 1000);
  return ageMs > limits.signatureAgeMs ? 'the signature is older than 5 minutes' : null;
}

/** Deliberately compares with all of them. */
function isOneOf(given: string, valid: readonly string[]): boolean {
  return valid.map((one) => isSame(given, one)).includes(true);
}

/** Hashing first makes both sides equally long, which the constant-time comparison needs. */
function isSame(a: string, b: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}
