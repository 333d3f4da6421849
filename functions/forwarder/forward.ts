// Forwards the end of a task: the provider's final body goes to the owner's endpoint, with links to the bucket in
// place of the provider's own.
import { UnavailableError } from '../domain/errors.ts';
import { recordKey } from '../domain/object-key.ts';
import { type TaskRecord, taskRecord } from '../domain/record.ts';
import type { Bucket, Clock, FindLatestKey, Log, PostToOwner, PresignUrl, ReadForwardKeys } from '../ports.ts';
import { findKept, type Origin } from './find-kept.ts';
import type { ForwardedEvent } from './read-event.ts';
import { BodyTooLargeError, rewrite } from './rewrite.ts';
import { signWebhook } from './sign-webhook.ts';

export type ForwardDeps = {
  bucket: Pick<Bucket, 'read'>;
  findLatestKey: FindLatestKey;
  presignUrl: PresignUrl;
  readKeys: ReadForwardKeys;
  post: PostToOwner;
  clock: Clock;
  log: Log;
};

/** A callback has at most 4 MiB; the rest is room for our links, which are longer than the provider's. */
const maxBodyLength = 8 * 1024 ** 2;

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

async function bodyFor(
  detail: ForwardedEvent['detail'],
  { bucket, findLatestKey, presignUrl }: ForwardDeps,
): Promise<{ body: string; from: Origin }> {
  const event = { body: JSON.stringify(detail), from: 'event' } as const;
  const kept = await findKept(detail.taskId, findLatestKey);
  const found = kept && (await bucket.read(kept.key));
  if (kept === undefined || found === undefined) return event;
  const links = await linksFor(await readRecord(detail.taskId, bucket), presignUrl);
  try {
    return { body: rewrite(found.text, links, maxBodyLength), from: kept.from };
  } catch (error) {
    // Retrying would not help, and the owner still gets the event.
    if (error instanceof BodyTooLargeError) return event;
    throw error;
  }
}

async function readRecord(taskId: string, bucket: Pick<Bucket, 'read'>): Promise<TaskRecord> {
  const key = recordKey(taskId);
  const found = await bucket.read(key);
  if (found === undefined) throw new Error(`${key} is gone, so nobody knows where its files are`);
  return taskRecord.parse(JSON.parse(found.text));
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

function webhookHeaders({ id, at, body }: { id: string; at: Date; body: string }, keys: readonly Uint8Array[]) {
  const seconds = Math.floor(at.getTime() / 1000);
  const named = { 'webhook-id': id, 'webhook-timestamp': String(seconds) };
  return keys.length === 0 ? named : { ...named, 'webhook-signature': signWebhook({ id, seconds, body }, keys) };
}
