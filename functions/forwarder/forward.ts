// Forwards the end of a task: the provider's final body goes to the owner's endpoint, with links to the bucket in
// place of the provider's own.

import { createHmac } from 'node:crypto';
import * as z from 'zod';
import { UnavailableError } from '../domain/errors.ts';
import { keySafeTaskId, recordKey } from '../domain/object-key.ts';
import { type TaskRecord, taskRecord } from '../domain/record.ts';
import { forwardedTypes, type TaskEventDetail, taskEventDetail } from '../domain/task-event.ts';
import type { Bucket, Clock, FindLatestKey, Log, PresignUrl, ReadWebhookKeys, SendWebhook } from '../ports.ts';
import { ForwardBodyTooLargeError, rewrite } from './rewrite.ts';

// The message that EventBridge puts into the queue: its envelope with our event inside.

const envelope = z.object({
  /** Version 0.2 forwarded `TaskArchived`. */
  'detail-type': z.enum([...forwardedTypes, 'TaskArchived']),
  /** The id becomes a header, and the signature uses a dot as its end. */
  detail: taskEventDetail.extend({ id: z.string().regex(/^[\w-]{1,64}$/) }),
});

export type ForwardedEvent = {
  type: z.infer<typeof envelope>['detail-type'];
  detail: TaskEventDetail;
};

export type ForwardDeps = {
  bucket: Pick<Bucket, 'read'>;
  findLatestKey: FindLatestKey;
  presignUrl: PresignUrl;
  readKeys: ReadWebhookKeys;
  post: SendWebhook;
  clock: Clock;
  log: Log;
};

/** @throws UnavailableError if it should be retried */
export async function forward({ type, detail }: ForwardedEvent, deps: ForwardDeps): Promise<void> {
  const { post, clock, log } = deps;
  const known = { type, id: detail.id, taskId: detail.taskId };
  const { body, from } = await bodyFor(detail, deps);
  const headers = {
    'content-type': 'application/json',
    'trackkeeper-event': type,
    'trackkeeper-from': from,
    ...webhookHeaders({ id: detail.id, at: clock.now(), body }, await deps.readKeys()),
  };

  const { status, host } = await post(body, headers);
  // 410 Gone: the owner does not want it. A redirect is a rejection like any other.
  const isDeclined = status === 410;
  if (!isDeclined && (status < 200 || status > 299)) throw new UnavailableError(`${host} answered ${status}`);
  // Deliberately neither the body nor the URL: both may contain credentials.
  log('info', 'forward', { ...known, outcome: isDeclined ? 'declined' : 'delivered', from, host, status });
}

// Finds the stored body of a task that decides its result.

type PayloadOrigin = 'callback' | 'answer' | 'event';

/** A callback has at most 4 MiB; the rest is room for our links, which are longer than the provider's. */
const maxBodyLength = 8 * 1024 ** 2;

async function bodyFor(
  detail: ForwardedEvent['detail'],
  { bucket, findLatestKey, presignUrl }: ForwardDeps,
): Promise<{ body: string; from: PayloadOrigin }> {
  const event = { body: JSON.stringify(detail), from: 'event' } as const;
  const kept = await findPayload(detail.taskId, findLatestKey);
  const found = kept && (await bucket.read(kept.key));
  if (kept === undefined || found === undefined) return event;
  const links = await linksFor(await readRecord(detail.taskId, bucket), presignUrl);
  try {
    return { body: rewrite(found.text, links, maxBodyLength), from: kept.from };
  } catch (error) {
    // Retrying would not help, and the owner still gets the event.
    if (error instanceof ForwardBodyTooLargeError) return event;
    throw error;
  }
}

type StoredPayload = { key: string; from: PayloadOrigin };

/** In this order, as in merging: an `error` counts only without a `complete`. Callbacks precede polling answers. */
const places = [
  { from: 'callback', folder: 'callbacks', stage: 'complete' },
  { from: 'answer', folder: 'answers', stage: 'complete' },
  { from: 'callback', folder: 'callbacks', stage: 'error' },
  { from: 'answer', folder: 'answers', stage: 'error' },
] as const;

/** Undefined: no final callback arrived, or it is no longer stored. */
async function findPayload(taskId: string, findLatestKey: FindLatestKey): Promise<StoredPayload | undefined> {
  for (const { from, folder, stage } of places) {
    const key = await findLatestKey(`${folder}/${keySafeTaskId(taskId)}/${stage}-`);
    if (key !== undefined) return { key, from };
  }
  return undefined;
}

/** Maps each link of a stored file to a presigned URL of its object. */
async function linksFor({ assets }: TaskRecord, presignUrl: PresignUrl): Promise<Map<string, string>> {
  const links = new Map<string, string>();
  for (const { state, key, sources } of assets) {
    if (state !== 'stored' || key === null || sources.length === 0) continue;
    const link = await presignUrl(key);
    for (const { url } of sources) links.set(url, link);
  }
  return links;
}

async function readRecord(taskId: string, bucket: Pick<Bucket, 'read'>): Promise<TaskRecord> {
  const key = recordKey(taskId);
  const found = await bucket.read(key);
  if (found === undefined) throw new Error(`${key} is gone, so the places of its files are unknown`);
  return taskRecord.parse(JSON.parse(found.text));
}

function webhookHeaders({ id, at, body }: { id: string; at: Date; body: string }, keys: readonly Uint8Array[]) {
  const seconds = Math.floor(at.getTime() / 1000);
  const named = { 'webhook-id': id, 'webhook-timestamp': String(seconds) };
  return keys.length === 0 ? named : { ...named, 'webhook-signature': signWebhook({ id, seconds, body }, keys) };
}

// The signature of Standard Webhooks (https://www.standardwebhooks.com): its libraries verify it.

type Signed = { id: string; seconds: number; body: string };

/** One signature per key, so that a key can be replaced. */
export function signWebhook({ id, seconds, body }: Signed, keys: readonly Uint8Array[]): string {
  return keys
    .map((key) => createHmac('sha256', key).update(`${id}.${seconds}.${body}`).digest('base64'))
    .map((signature) => `v1,${signature}`)
    .join(' ');
}

/** @throws if it is not an event to forward */
export function readEvent(body: string): ForwardedEvent {
  const { 'detail-type': type, detail } = envelope.parse(JSON.parse(body));
  return { type, detail };
}
