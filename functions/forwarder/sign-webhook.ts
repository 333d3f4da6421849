// The signature of Standard Webhooks (https://www.standardwebhooks.com): its libraries verify it.
import { createHmac } from 'node:crypto';

type Signed = { id: string; seconds: number; body: string };

/** One signature per key, so that a key can be replaced. */
export function signWebhook({ id, seconds, body }: Signed, keys: readonly Uint8Array[]): string {
  return keys
    .map((key) => createHmac('sha256', key).update(`${id}.${seconds}.${body}`).digest('base64'))
    .map((signature) => `v1,${signature}`)
    .join(' ');
}
