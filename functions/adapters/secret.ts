// The secret for verifying callbacks: the URL's token and, if kie.ai signs them, its key. JSON: {"token",
// "previousToken"?, "kieWebhookKey"?, "previousKieWebhookKey"?}
import * as z from 'zod/mini';
import { UnavailableError } from '../domain/errors.ts';
import type { CallbackSecret, Clock, Log, ReadCallbackSecret } from '../ports.ts';
import type { AwsEnvironment } from './aws/clients.ts';
import { createReadSecret } from './aws/read-secret.ts';

/** `cli/commands/rotate-token.ts` relies on these, too; SECURITY.md states them. */
export const secretTimes = {
  /**
   * How long a removed token or key stays valid. Each environment reads the secret 12 times an hour: 4 cents a month.
   */
  keptMs: 5 * 60_000,
  /**
   * A newly added token works at once, unless the secret was read within this time. A flood of wrong tokens thus
   * costs 8,640 reads a day and environment: 4 cents.
   */
  againMs: 10_000,
  /** A response takes milliseconds; after this time there are still 7 s for the queue (P1: 10 s). */
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
 * `secretId`: its name, or its ARN in this region. If the secret becomes unreadable, the last known value is used as
 * long as the environment lives: an outage of Secrets Manager must cost no callback.
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
  // Deliberately without zod's messages: they could quote the secret.
  if (data === undefined) throw new UnavailableError('the secret must be JSON with a "token"');
  return {
    tokens: [data.token, data.previousToken].filter((token) => token !== null),
    // Without a current key no signature is required, even if there is a previous key.
    kieWebhookKeys:
      data.kieWebhookKey === null ? [] : [data.kieWebhookKey, data.previousKieWebhookKey].filter((key) => key !== null),
  };
}
