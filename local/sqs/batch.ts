// A batch is a list of entries, each of which succeeds or fails by itself.

import { AwsError } from '../aws-error.ts';
import type { Input } from '../aws-json.ts';
import { batchEntryIdsNotDistinct, emptyBatch, invalidBatchEntryId, tooManyEntries } from './errors.ts';
import { objects, text } from './input.ts';

const maxEntries = 10;

type Done<T> = { readonly id: string; readonly value: T };
type Failed = { readonly Id: string; readonly Code: string; readonly Message: string; readonly SenderFault: boolean };

export function inBatch<T>(input: Input, each: (entry: Input) => T): { done: Done<T>[]; failed: Failed[] } {
  const done: Done<T>[] = [];
  const failed: Failed[] = [];
  for (const [id, entry] of entriesById(input)) {
    try {
      done.push({ id, value: each(entry) });
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      failed.push({ Id: id, Code: error.code, Message: error.message, SenderFault: error.status < 500 });
    }
  }
  return { done, failed };
}

function entriesById(input: Input): Map<string, Input> {
  const entries = objects(input, 'Entries');
  if (entries.length === 0) throw emptyBatch();
  if (entries.length > maxEntries) throw tooManyEntries(maxEntries);

  const byId = new Map<string, Input>();
  for (const { Id, ...entry } of entries) {
    const id = text({ Id }, 'Id');
    if (!/^[\w-]{1,80}$/.test(id)) throw invalidBatchEntryId();
    if (byId.has(id)) throw batchEntryIdsNotDistinct(id);
    byId.set(id, entry);
  }
  return byId;
}
