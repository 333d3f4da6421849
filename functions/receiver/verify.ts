// Verifies the sender of a request: the token in the URL and, if configured, kie.ai's signature.
import { createHash, timingSafeEqual } from 'node:crypto';
import { kieSignature } from '../domain/kie-signature.ts';
import { limits } from '../domain/limits.ts';
import type { CallbackSecret, ReadCallbackSecret } from '../ports.ts';

/**
 * Returns why the request is rejected, or null. Re-reads the secret only before rejecting, in case it was just
 * rotated. That takes longer, and reveals nothing that the rejection does not.
 * @throws UnavailableError if the secret cannot be read: the sender must retry
 */
export async function checkWithFreshSecret(
  readSecret: ReadCallbackSecret,
  faultBy: (secret: CallbackSecret) => string | null,
): Promise<string | null> {
  return faultBy(await readSecret()) === null ? null : faultBy(await readSecret('fresh'));
}

/** Constant time. The reason is never returned: a wrong token gets the same 404 as an unknown path. */
export function checkToken(token: string, { tokens }: CallbackSecret): string | null {
  return isOneOf(token, tokens) ? null : 'the token is unknown';
}

export type SignedHeaders = { timestamp: string | undefined; signature: string | undefined };

/**
 * Returns why kie.ai's signature is invalid, or null if it is valid or no key is configured. A second check only: the
 * signature does not cover the body.
 */
export function checkSignature(
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

/** Hashing first gives both sides the same length, which the constant-time comparison requires. */
function isSame(a: string, b: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}
