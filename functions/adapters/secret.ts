// What a callback's sender must know: the URL's token and, where kie.ai signs, its key. One secret, JSON:
// {"token", "previousToken"?, "kieWebhookKey"?, "previousKieWebhookKey"?}
import * as z from 'zod/mini';
import { UnavailableError } from '../domain/errors.ts';
import type { CallbackSecret, Clock, Log, ReadCallbackSecret } from '../ports.ts';
import type { AwsEnvironment } from './aws/clients.ts';
import { createReadSecret } from './aws/read-secret.ts';

/** `cli/commands/rotate-token.ts` counts on these, too; SECURITY.md states them. */
export const secretTimes = {
  /** A token or key that was taken out ends after so long. Each environment reads 12 times an hour: 4 cents a month. */
  keptMs: 5 * 60_000,
  /**
   * One that was put in is noticed by the first request that brings it, unless the secret was read so short a time ago.
   * A flood of wrong tokens so costs 8,640 reads a day and environment: 4 cents.
   */
  againMs: 10_000,
  /** An answer takes milliseconds; who gets none in this time still has 7 s for the queue (P1: 10 s). */
  rereadMs: 3_000,
};

const filled = z.pipe(
  z.nullish(z.string()),
  z.transform((value) => value || null),
);
const secret = z.object({
  token: z.string().check(z.minLength(1)),
  previousToken: filled,
  kieWebhookKey: filled,
  previousKieWebhookKey: filled,
});

type Options = { clock: Clock; log: Log; rereadMs?: number };

/**
 * `secretId`: its name, or its ARN in this region. Should it not be readable any more, what is known of it goes on being
 * used, as long as the environment lives: an outage of Secrets Manager shall cost no callback.
 */
export function createSecretReader(
  secretId: string,
  environment: AwsEnvironment,
  { clock, log, rereadMs = secretTimes.rereadMs }: Options,
): ReadCallbackSecret {
  const readSecret = createReadSecret(secretId, environment);
  let known: { secret: CallbackSecret; askedAt: number } | undefined;
  let failedAt = Number.NEGATIVE_INFINITY;
  let reading: Promise<CallbackSecret> | undefined;

  const read = async () => {
    const askedAt = clock.now().getTime();
    try {
      const value = await readSecret(known === undefined ? undefined : AbortSignal.timeout(rereadMs));
      known = { secret: understood(value), askedAt };
      return known.secret;
    } catch (error) {
      failedAt = clock.now().getTime();
      if (known !== undefined) log('warn', 'secret', { outcome: 'kept', detail: String(error) });
      throw error;
    }
  };

  const readOnce = () => {
    reading ??= read().finally(() => {
      reading = undefined;
    });
    return reading;
  };

  return async (need) => {
    if (known === undefined) return readOnce();
    const now = clock.now().getTime();
    const { secret, askedAt } = known;
    if (now - askedAt < (need === 'fresh' ? secretTimes.againMs : secretTimes.keptMs)) return secret;
    const failedLately = now - failedAt < secretTimes.againMs;
    if (need === 'fresh') {
      if (failedLately) throw new UnavailableError('the secret could not be read again, seconds ago');
      return readOnce();
    }
    return failedLately ? secret : readOnce().catch(() => secret);
  };
}

function understood(value: unknown): CallbackSecret {
  const { data } = secret.safeParse(value);
  // Deliberately without zod's own words: they could quote the secret.
  if (data === undefined) throw new UnavailableError('the secret must be JSON with a "token"');
  return {
    tokens: [data.token, data.previousToken].filter((token) => token !== null),
    // Without a key of today no signature is asked for, whatever was there before.
    kieWebhookKeys:
      data.kieWebhookKey === null ? [] : [data.kieWebhookKey, data.previousKieWebhookKey].filter((key) => key !== null),
  };
}
