// What travels through the queue. A callback's body arrives byte for byte as it was sent, whatever it is made of.
import { gunzipSync, gzipSync } from 'node:zlib';
import * as z from 'zod/mini';
import { limits } from './limits.ts';

const envelope = z.object({
  schemaVersion: z.literal(1),
  type: z.literal('callback'),
  receivedAt: z.iso.datetime(),
  labels: z.record(z.string(), z.string()),
  encoding: z.enum(['text', 'gzip']),
  body: z.string(),
});

export type CallbackMessage = {
  receivedAt: string;
  /** The query parameters of the callBackUrl. */
  labels: Record<string, string>;
  body: Buffer;
};

/** SQS refuses these even inside JSON; the other control characters are escaped there. */
const refusedBySqs = /[\ufffe\uffff]/;

/**
 * The message as SQS takes it, or null where it is too large even compressed. Text stays readable, so that a person can
 * look into the queue; what is no clean UTF-8, or too large, travels compressed.
 */
export function encodeMessage({ receivedAt, labels, body }: CallbackMessage): string | null {
  const head = { schemaVersion: 1, type: 'callback', receivedAt, labels } as const;
  const text = body.toString('utf8');
  const isClean = !refusedBySqs.test(text) && Buffer.from(text).equals(body);
  const plain = isClean ? JSON.stringify({ ...head, encoding: 'text', body: text }) : null;
  if (plain !== null && Buffer.byteLength(plain) <= limits.messageBytes) return plain;
  const packed = JSON.stringify({ ...head, encoding: 'gzip', body: gzipSync(body).toString('base64') });
  return Buffer.byteLength(packed) <= limits.messageBytes ? packed : null;
}

/** Undefined where the text is no message of ours. */
export function decodeMessage(text: string): CallbackMessage | undefined {
  try {
    const { receivedAt, labels, encoding, body } = envelope.parse(JSON.parse(text));
    const bytes =
      encoding === 'text'
        ? Buffer.from(body)
        : gunzipSync(Buffer.from(body, 'base64'), { maxOutputLength: limits.callbackBytes });
    return { receivedAt, labels, body: bytes };
  } catch {
    return undefined;
  }
}
