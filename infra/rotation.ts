// The token of the callback URL replaced, while callbacks come: the old one stays valid until its owner ends it.
import { randomInt } from 'node:crypto';
import * as z from 'zod';
import { type Cloud, findIntake, readSecretAs } from './callback-url.ts';

/** `replaceSecret`: all of its value. */
export type RotationCloud = Cloud & { replaceSecret(secretId: string, value: string): Promise<void> };

/** What else its owner put there stays. The old token may be shorter than a new one would have to be. */
const secretSchema = z.looseObject({ token: z.string().min(1), previousToken: z.string().nullish() });

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** As the stack makes the first one (callback-secret.ts): 48 letters and digits hold 285 bits. */
export function newToken(): string {
  return Array.from({ length: 48 }, () => alphabet.charAt(randomInt(alphabet.length))).join('');
}

export class OlderTokenError extends Error {
  override name = 'OlderTokenError';
}

/** Puts in a new token, and the one of today as the previous one. @throws OlderTokenError where one is there already */
export async function beginRotation(stack: string, cloud: RotationCloud, { force }: { force: boolean }): Promise<void> {
  const { secretId } = await findIntake(stack, cloud);
  const secret = readSecretAs(secretSchema, await cloud.secretValue(secretId), secretId);
  if (secret.previousToken && !force) throw new OlderTokenError('an older token is still accepted');
  await cloud.replaceSecret(secretId, JSON.stringify({ ...secret, token: newToken(), previousToken: secret.token }));
}

/** Whether there was an older token to take out. */
export async function endRotation(stack: string, cloud: RotationCloud): Promise<boolean> {
  const { secretId } = await findIntake(stack, cloud);
  const secret = readSecretAs(secretSchema, await cloud.secretValue(secretId), secretId);
  const { previousToken, ...rest } = secret;
  if (!previousToken) return false;
  await cloud.replaceSecret(secretId, JSON.stringify(rest));
  return true;
}
