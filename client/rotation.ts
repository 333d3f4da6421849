// Replaces the token of the callback URL while callbacks arrive: the old token stays valid until its owner ends the
// rotation.
import { randomInt } from 'node:crypto';
import * as z from 'zod';
import { findCallbackApi, readSecretAs, type StackReader } from './callback-url.ts';

/** `replaceSecret`: replaces the complete value. */
export type RotationCloud = StackReader & { replaceSecret(secretId: string, value: string): Promise<void> };

/** Other fields of the owner are kept. The old token may be shorter than a new one must be. */
const secretSchema = z.looseObject({ token: z.string().min(1), previousToken: z.string().nullish() });

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** Like the stack's first token (callback-secret.ts): 48 letters and digits hold 285 bits. */
export function newToken(): string {
  return Array.from({ length: 48 }, () => alphabet.charAt(randomInt(alphabet.length))).join('');
}

export class OlderTokenError extends Error {
  override name = 'OlderTokenError';
}

/**
 * Adds a new token and keeps the current one as the previous token. @throws OlderTokenError if there is a previous
 * token
 */
export async function beginRotation(stack: string, cloud: RotationCloud, { force }: { force: boolean }): Promise<void> {
  const { secretId } = await findCallbackApi(stack, cloud);
  const secret = readSecretAs(secretSchema, await cloud.secretValue(secretId), secretId);
  if (secret.previousToken && !force) throw new OlderTokenError('an older token is still accepted');
  await cloud.replaceSecret(secretId, JSON.stringify({ ...secret, token: newToken(), previousToken: secret.token }));
}

/** Resolves with whether there was a previous token to remove. */
export async function endRotation(stack: string, cloud: RotationCloud): Promise<boolean> {
  const { secretId } = await findCallbackApi(stack, cloud);
  const secret = readSecretAs(secretSchema, await cloud.secretValue(secretId), secretId);
  const { previousToken, ...rest } = secret;
  if (!previousToken) return false;
  await cloud.replaceSecret(secretId, JSON.stringify(rest));
  return true;
}
