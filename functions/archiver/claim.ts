// A short claim keeps two invocations from fetching the same files. It is an economy: what P5 rests on is conditional
// publishing. Whoever meets a live claim may leave: the claim's message is still in the queue, its holder sees all that
// is in the record before it lets go, and if the holder dies its message comes back, and takes its own claim up again.
import type { TaskRecord } from '../domain/record.ts';
import type { TransferOptions } from '../ports.ts';

/** Who works, on which message, and until when at most. `stopping` and `signal` as in `TransferOptions`. */
export type Invocation = { messageId: string; endsAt: Date } & Pick<TransferOptions, 'stopping' | 'signal'>;

export function claim(
  record: TaskRecord,
  { messageId, endsAt }: Pick<Invocation, 'messageId' | 'endsAt'>,
  now: Date,
): TaskRecord {
  if (isClaimedByOther(record, messageId, now)) return record;
  return { ...record, claim: { by: messageId, until: endsAt.toISOString() } };
}

export function isClaimedByOther({ claim: held }: TaskRecord, messageId: string, now: Date): boolean {
  return held !== null && held.by !== messageId && Date.parse(held.until) > now.getTime();
}

export function release(record: TaskRecord, messageId: string): TaskRecord {
  return record.claim?.by === messageId ? { ...record, claim: null } : record;
}
