// Secrets Manager, as far as we need it: what a secret holds now, as JSON.
import * as z from 'zod/mini';
import { type AwsEnvironment, givenEndpoint, regionalEndpoint } from './environment.ts';
import { createJsonCall } from './json-call.ts';
import { createAwsSender } from './sender.ts';

/** A secret has 64 KiB at most; each of its bytes may be 6 in the JSON of the answer. */
const limits = { connectMs: 2_000, idleMs: 3_000, totalMs: 3_000, answerBytes: 512 * 1024 };

const answered = z.object({ SecretString: z.string() });

/** Resolves with undefined where the secret is no JSON. @throws UnavailableError, in words that hold no secret */
export type ReadSecret = (signal?: AbortSignal) => Promise<unknown>;

/** `secretId`: its name, or its ARN in this region. Each call reads anew. */
export function createReadSecret(secretId: string, environment: AwsEnvironment): ReadSecret {
  const endpoint = givenEndpoint('SECRETS_MANAGER', environment) ?? regionalEndpoint('secretsmanager', environment);
  const call = createJsonCall(createAwsSender({ environment, limits, attempts: 3 }), {
    service: 'secretsmanager',
    target: 'secretsmanager',
    version: '1.1',
    url: new URL('/', endpoint),
  });
  return async (signal) => {
    const { data } = answered.safeParse(await call('GetSecretValue', { SecretId: secretId }, signal));
    return data === undefined ? undefined : parseJson(data.SecretString);
  };
}

function parseJson(value: string): unknown {
  try {
    return JSON.parse(value);
  } catch {
    return undefined;
  }
}
