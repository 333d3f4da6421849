// The callback URL's token and, where kie.ai signs, its key. One secret, JSON: {"token", "previousToken"?, "kieWebhookKey"?}
import * as z from 'zod/mini';
import type { CallbackSecret, ReadCallbackSecret } from '../ports.ts';
import { type AwsEnvironment, givenEndpoint, regionalEndpoint } from './aws/environment.ts';
import { createJsonCall } from './aws/json-call.ts';
import { createAwsSender } from './aws/sender.ts';

/** A secret has 64 KiB at most; each of its bytes may be 6 in the JSON of the answer. */
const limits = { connectMs: 2_000, idleMs: 3_000, totalMs: 3_000, answerBytes: 512 * 1024 };

const filled = z.pipe(
  z.nullish(z.string()),
  z.transform((value) => value || null),
);
const secret = z.object({ token: z.string().check(z.minLength(1)), previousToken: filled, kieWebhookKey: filled });
const answered = z.object({ SecretString: z.pipe(z.pipe(z.string(), z.transform(parseJson)), secret) });

/**
 * Reads the secret once and keeps it as long as the environment lives; a failed read is made again next time.
 * `secretId`: its name, or its ARN in this region.
 */
export function createSecretReader(secretId: string, environment: AwsEnvironment): ReadCallbackSecret {
  const endpoint = givenEndpoint('SECRETS_MANAGER', environment) ?? regionalEndpoint('secretsmanager', environment);
  const call = createJsonCall(createAwsSender({ environment, limits, attempts: 3 }), {
    service: 'secretsmanager',
    target: 'secretsmanager',
    version: '1.1',
    url: new URL('/', endpoint),
  });
  let reading: Promise<CallbackSecret> | undefined;

  const read = async (): Promise<CallbackSecret> => {
    const parsed = answered.safeParse(await call('GetSecretValue', { SecretId: secretId }));
    // Deliberately without zod's own words: they could quote the secret.
    if (!parsed.success) throw new Error('the secret must be JSON with a "token"');
    const { token, previousToken, kieWebhookKey } = parsed.data.SecretString;
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

function parseJson(value: string): unknown {
  try {
    return JSON.parse(value);
  } catch {
    return undefined;
  }
}
