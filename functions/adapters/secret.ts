// The callback URL's token and, where kie.ai signs, its key. One secret, JSON: {"token", "previousToken"?, "kieWebhookKey"?}
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import * as z from 'zod';
import type { CallbackSecret, ReadCallbackSecret } from '../ports.ts';

const filled = z
  .string()
  .nullish()
  .transform((value) => value || null);

const secret = z
  .object({ token: z.string().min(1), previousToken: filled, kieWebhookKey: filled })
  .transform(({ token, previousToken, kieWebhookKey }): CallbackSecret => {
    return { tokens: previousToken === null ? [token] : [token, previousToken], kieWebhookKey };
  });

/** Reads the secret once and keeps it as long as the environment lives; a failed read is made again next time. */
export function createSecretReader(secretId: string): ReadCallbackSecret {
  const client = new SecretsManagerClient({
    requestHandler: { connectionTimeout: 2_000, requestTimeout: 3_000, throwOnRequestTimeout: true },
  });
  let reading: Promise<CallbackSecret> | undefined;

  const read = async (): Promise<CallbackSecret> => {
    const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: secretId }));
    const parsed = z.string().transform(parseJson).pipe(secret).safeParse(SecretString);
    // Deliberately without zod's own words: they could quote the secret.
    if (!parsed.success) throw new Error('the secret must be JSON with a "token"');
    return parsed.data;
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
