// The owner's API keys for the providers: a secret of its own, JSON {"sunoapi.org"?: "…", "kie.ai"?: "…"}
import * as z from 'zod/mini';
import type { KnownProvider } from '../../domain/answer/endpoints.ts';
import { UnavailableError } from '../../domain/errors.ts';
import type { Clock } from '../../ports.ts';
import type { AwsEnvironment } from '../aws/clients.ts';
import { createReadSecret } from '../aws/read-secret.ts';

export type ProviderKeys = Readonly<Record<KnownProvider, string | null>>;
/** @throws UnavailableError, with a message without the keys */
export type ReadProviderKeys = (signal: AbortSignal) => Promise<ProviderKeys>;

/** How long a replaced key may still be used. */
const keptMs = 5 * 60_000;

/** Trimmed for use in a header: pasted keys may have spaces and line ends around them. */
const key = z.pipe(
  z.pipe(
    z.nullish(z.string()),
    z.transform((value) => value?.trim() || null),
  ),
  z.nullable(z.string().check(z.regex(/^[\x21-\x7e]+$/))),
);
const secret = z.object({ 'sunoapi.org': key, 'kie.ai': key });
const noKeys: ProviderKeys = { 'sunoapi.org': null, 'kie.ai': null };

/** `secretId`: '' if there is no such secret, and so no key. */
export function createKeysReader(secretId: string, environment: AwsEnvironment, clock: Clock): ReadProviderKeys {
  if (secretId === '') return async () => noKeys;
  const readSecret = createReadSecret(secretId, environment);
  let kept: { keys: ProviderKeys; until: number } | undefined;

  return async (signal) => {
    const now = clock.now().getTime();
    if (kept !== undefined && now < kept.until) return kept.keys;
    // Not used any longer if reading fails: the owner may have revoked a key.
    kept = undefined;
    const parsed = secret.safeParse(await readSecret(signal));
    // Deliberately without zod's messages: they could quote the secret.
    if (!parsed.success) {
      throw new UnavailableError('it must be JSON like {"sunoapi.org": "<key>", "kie.ai": "<key>"}');
    }
    kept = { keys: parsed.data, until: now + keptMs };
    return kept.keys;
  };
}
