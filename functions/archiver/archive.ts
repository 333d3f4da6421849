// The story: one message in, one step of one task forward. Every step may be repeated at any time by anyone.
// The order makes it safe: the raw callback first, then the record, then the objects, and the record that claims an
// object only after the object. A crash between any two leaves work to do again, never a lie.
import { parseCallback } from '../domain/callback/parse.ts';
import { mergeCallback } from '../domain/merge.ts';
import type { CallbackMessage } from '../domain/message.ts';
import { callbackKey, unrecognisedKey } from '../domain/object-key.ts';
import type { Asset, TaskRecord } from '../domain/record.ts';
import type { Bucket } from '../ports.ts';
import { claim, type Invocation, isHeldByOther } from './claim.ts';
import { type FetchDeps, fetchAll } from './fetch-all.ts';
import { planAssets } from './plan.ts';
import { createRecordUpdate } from './records.ts';

export type ArchiveDeps = FetchDeps & { bucket: Bucket };

/** `open`: something is left to do at `dueAt`, and the message must come back. */
export type Archived = { outcome: 'done' | 'unrecognised' | 'claimed' } | { outcome: 'open'; dueAt: string };

export async function archive(message: CallbackMessage, invocation: Invocation, deps: ArchiveDeps): Promise<Archived> {
  const { bucket, clock, log } = deps;
  const { body, receivedAt, labels } = message;
  const parsed = parseCallback(body);
  if ('unrecognised' in parsed) {
    await keep(bucket, unrecognisedKey(body), body);
    log('warn', 'callback.unrecognised', {
      key: unrecognisedKey(body),
      bytes: body.length,
      reason: parsed.unrecognised,
    });
    return { outcome: 'unrecognised' };
  }
  const { callback } = parsed;
  const { taskId, stage, kind, code } = callback;
  const key = callbackKey(taskId, stage, body);
  await keep(bucket, key, body);
  log('info', 'callback.kept', { taskId, stage, kind, code, key });

  const update = createRecordUpdate(bucket, taskId);
  const merged = await update((record) => {
    const planned = planAssets(mergeCallback(record, { callback, receivedAt, labels }));
    return planned.status === 'archiving' ? claim(planned, invocation, clock.now()) : planned;
  });
  if (isHeldByOther(merged, invocation.messageId, clock.now())) {
    log('info', 'task.claimed', { taskId, kind: merged.kind, status: merged.status });
    return { outcome: 'claimed' };
  }

  const record = await fetchAll(merged, invocation, { ...deps, update });
  const { status, failure } = record;
  log(status === 'failed' ? 'warn' : 'info', 'task', {
    taskId,
    kind,
    status,
    outcome: failure?.outcome,
    ...count(record),
  });
  const dueAt = firstDue(record.assets);
  return dueAt === undefined ? { outcome: 'done' } : { outcome: 'open', dueAt };
}

/** Each distinct body once; what stands there already under its hash is the same. */
async function keep(bucket: Pick<Bucket, 'write'>, key: string, body: Uint8Array): Promise<void> {
  await bucket.write(key, body, { contentType: 'application/json' }, 'absent');
}

function firstDue(assets: readonly Asset[]): string | undefined {
  const due = assets.filter(({ state }) => state === 'open').map(({ nextDueAt }) => nextDueAt ?? '');
  return due.sort()[0];
}

function count({ assets }: TaskRecord): Record<string, number> {
  const states = ['stored', 'open', 'quarantined', 'failed'] as const;
  return Object.fromEntries(states.map((state) => [state, assets.filter((asset) => asset.state === state).length]));
}
