// The callback URL's token and, where kie.ai signs, its key. One secret, JSON: {"token", "previousToken"?, "kieWebhookKey"?}
import * as z from 'zod/mini';
import { UnavailableError } from '../domain/errors.ts';
import type { CallbackSecret, ReadCallbackSecret } from '../ports.ts';
import type { AwsEnvironment } from './aws/environment.ts';
import { createReadSecret } from './aws/read-secret.ts';

const filled = z.pipe(
  z.nullish(z.string()),
  z.transform((value) => value || null),
);
const secret = z.object({ token: z.string().check(z.minLength(1)), previousToken: filled, kieWebhookKey: filled });

/**
 * Reads the secret once and keeps it as long as the environment lives; a failed read is made again next time.
 * `secretId`: its name, or its ARN in this region.
 */
export function createSecretReader(secretId: string, environment: AwsEnvironment): ReadCallbackSecret {
  const readSecret = createReadSecret(secretId, environment);
  let reading: Promise<CallbackSecret> | undefined;

  const read = async (): Promise<CallbackSecret> => {
    const parsed = secret.safeParse(await readSecret());
    // Deliberately without zod's own words: they could quote the secret.
    if (!parsed.success) throw new UnavailableError('the secret must be JSON with a "token"');
    const { token, previousToken, kieWebhookKey } = parsed.data;
    return { tokens: previousToken === null ? [token] : [token, previousToken], kieWebhookKey };
  };

  return () => {
    reading ??= read().catch((error: unknown) => {
      reading = undefined;
      throw error;
    });
    return reading;
  };
}
