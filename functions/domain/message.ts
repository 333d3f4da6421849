// The messages in the queue. They carry a callback's body byte for byte, whatever it contains.
import { gunzipSync, gzipSync } from 'node:zlib';
import * as z from 'zod/mini';
import { expectedTask } from './expected.ts';
import { limits } from './limits.ts';

const schemaVersion = z.literal(1);
const callback = z.object({
  schemaVersion,
  type: z.literal('callback'),
  receivedAt: z.iso.datetime(),
  labels: z.record(z.string(), z.string()),
  encoding: z.enum(['text', 'gzip']),
  body: z.string(),
});
const expected = z.object({
  schemaVersion,
  type: z.literal('expected'),
  receivedAt: z.iso.datetime(),
  /** An earlier version did not send labels. */
  labels: z._default(z.record(z.string(), z.string()), {}),
  tasks: z.array(expectedTask),
});
/**
 * `task`: as in keys. `marker`: the due time of the safety marker that wakes the task again if this message is lost.
 */
const wake = z.object({
  schemaVersion,
  type: z.literal('wake'),
  task: z.string().check(z.minLength(1)),
  marker: z.iso.datetime(),
});
/** `damaged`: stored files that are missing or differ from the record, and when that was found. */
const retry = z.object({
  schemaVersion,
  type: z.literal('retry'),
  task: z.string().check(z.minLength(1)),
  damaged: z.optional(z.object({ at: z.iso.datetime(), keys: z.array(z.string()) })),
});
/** The owner does not want what the task still lacks. */
const dismiss = z.object({ schemaVersion, type: z.literal('dismiss'), task: z.string().check(z.minLength(1)) });
const envelope = z.discriminatedUnion('type', [callback, expected, wake, retry, dismiss]);

export type CallbackMessage = {
  receivedAt: string;
  /** The query parameters of the callBackUrl. */
  labels: Record<string, string>;
  body: Buffer;
};

type Without<T> = Omit<T, 'schemaVersion'>;
/** Announced tasks: they are tracked from now on, even if no callback arrives. */
export type ExpectedMessage = Without<z.infer<typeof expected>>;
/** A task is due. */
type WakeMessage = Without<z.infer<typeof wake>>;
/** A request to try the missing files of a task again, and to fetch damaged files again. */
export type RetryMessage = Without<z.infer<typeof retry>>;
type DismissMessage = Without<z.infer<typeof dismiss>>;
type OtherMessage = ExpectedMessage | WakeMessage | RetryMessage | DismissMessage;
export type QueueMessage = ({ type: 'callback' } & CallbackMessage) | OtherMessage;

/** SQS rejects these even inside JSON; the other control characters are escaped there. */
const refusedBySqs = /[\ufffe\uffff]/g;

/**
 * Encodes the message for SQS; null if it is too large even when compressed. Text stays readable, so that people can
 * inspect the queue; invalid UTF-8 and large bodies are compressed.
 */
export function encodeCallback({ receivedAt, labels, body }: CallbackMessage): string | null {
  const head = { schemaVersion: 1, type: 'callback', receivedAt, labels } as const;
  const text = body.toString('utf8');
  const isClean = Buffer.from(text).equals(body);
  const plain = isClean ? jsonForSqs({ ...head, encoding: 'text', body: text }) : null;
  if (plain !== null && Buffer.byteLength(plain) <= limits.messageBytes) return plain;
  const packed = jsonForSqs({ ...head, encoding: 'gzip', body: gzipSync(body).toString('base64') });
  return Buffer.byteLength(packed) <= limits.messageBytes ? packed : null;
}

export function encodeMessage(message: OtherMessage): string {
  return jsonForSqs({ schemaVersion: 1, ...message });
}

function jsonForSqs(value: object): string {
  return JSON.stringify(value).replace(refusedBySqs, (character) => `\\u${character.charCodeAt(0).toString(16)}`);
}

/** Undefined if the text is not one of our messages. */
export function decodeMessage(text: string): QueueMessage | undefined {
  try {
    const { schemaVersion: _, ...message } = envelope.parse(JSON.parse(text));
    if (message.type !== 'callback') return message;
    const { encoding, body, ...head } = message;
    return { ...head, body: bodyOf({ encoding, body }) };
  } catch {
    return undefined;
  }
}

function bodyOf({ encoding, body }: Pick<z.infer<typeof callback>, 'encoding' | 'body'>): Buffer {
  if (encoding === 'text') return Buffer.from(body);
  return gunzipSync(Buffer.from(body, 'base64'), { maxOutputLength: limits.callbackBytes });
}
