// The keys that sign forwarded callbacks: `forwardKey` and `previousForwardKey` of the callback URL's secret, in the
// form of Standard Webhooks, `whsec_` and base64.
import * as z from 'zod/mini';
import type { ReadWebhookKeys } from '../ports.ts';
import type { AwsEnvironment } from './aws/clients.ts';
import { createReadSecret } from './aws/read-secret.ts';

const key = z.nullish(z.string());
const secret = z.object({ forwardKey: key, previousForwardKey: key });
/** 24 to 64 bytes, as the standard requires. */
const signingKey = /^whsec_([A-Za-z0-9+/]{32,86}={0,2})$/;

/** Each call reads the secret again: a replaced key takes effect at once. */
export function createReadWebhookKeys(secretId: string, environment: AwsEnvironment): ReadWebhookKeys {
  const readSecret = createReadSecret(secretId, environment);
  return async () => {
    const found = secret.safeParse(await readSecret());
    // The message must not contain the value: it is a secret.
    if (!found.success) throw new Error('the secret of the callback URL is not the JSON that SECURITY.md describes');
    const { forwardKey, previousForwardKey } = found.data;
    return forwardKey ? [forwardKey, previousForwardKey].flatMap((text) => (text ? [bytesOf(text)] : [])) : [];
  };
}

/** Deliberately an error rather than a signature that cannot be verified. */
function bytesOf(text: string): Buffer {
  const encoded = signingKey.exec(text)?.[1];
  if (encoded === undefined) {
    throw new Error('forwardKey and previousForwardKey must be whsec_ and 24 to 64 random bytes in base64');
  }
  return Buffer.from(encoded, 'base64');
}
