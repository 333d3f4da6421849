// Selects stored callbacks and turns each into a new message.

import type { BucketReader, ListedFile, ReadFile } from '../../client/target.ts';
import { limits } from '../../functions/domain/limits.ts';
import { encodeCallback } from '../../functions/domain/message.ts';
import { taskSegment } from '../../functions/domain/object-key.ts';
import { maxRecordBytes, parseRecord } from '../records/parse-record.ts';
import type { Since } from '../since.ts';

export type Selection = { task: string } | { since: Since } | 'unrecognised';
type Labels = Record<string, string>;

export async function keptCallbacks(bucket: BucketReader, selection: Selection, now: Date): Promise<ListedFile[]> {
  const since = typeof selection === 'object' && 'since' in selection ? selection.since(now) : new Date(0);
  const files: ListedFile[] = [];
  for await (const file of bucket.list(folderOf(selection))) {
    if (file.modified >= since) files.push(file);
  }
  return files;
}

function folderOf(selection: Selection): string {
  if (selection === 'unrecognised') return 'callbacks/unrecognised/';
  return 'task' in selection ? `callbacks/${taskSegment(selection.task)}/` : 'callbacks/';
}

/** Undefined if the callback is gone; null if it is larger than a message can be, so it was not received as it is. */
export type ReadMessage = (file: ListedFile) => Promise<string | null | undefined>;

export function createReadMessage(bucket: BucketReader): ReadMessage {
  const known = new Map<string, Promise<Labels>>();

  /** Older callbacks were stored without their labels: the task's record has the only known ones. */
  function recordLabels(key: string): Promise<Labels> {
    const [, segment = ''] = key.split('/');
    const reading = known.get(segment) ?? labelsOfRecord(bucket, `tasks/${segment}.json`);
    known.set(segment, reading);
    return reading;
  }

  return async ({ key, bytes }) => {
    if (bytes > limits.callbackBytes) return null;
    const kept = await bucket.read(key, limits.callbackBytes);
    if (kept === undefined) return undefined;
    const { labels } = kept.metadata;
    return encodeCallback({
      receivedAt: receivedAt(kept),
      labels: labels === undefined ? await recordLabels(key) : Object.fromEntries(new URLSearchParams(labels)),
      body: kept.body,
    });
  };
}

function receivedAt({ metadata, modified }: ReadFile): string {
  const time = Date.parse(metadata.receivedat ?? '');
  return new Date(Number.isNaN(time) ? modified : time).toISOString();
}

async function labelsOfRecord(bucket: BucketReader, key: string): Promise<Labels> {
  const found = await bucket.read(key, maxRecordBytes);
  return (found && parseRecord(found.body.toString())?.labels) ?? {};
}
