// An in-memory index of the bucket's tasks. The records are the source of truth: the index is read from them and
// updated when one changes.

import { isDeepStrictEqual } from 'node:util';
import { maxRecordBytes, parseRecord } from '../../client/read-records.ts';
import type { BucketReader, ListedFile } from '../../client/target.ts';
import { forEachConcurrent } from '../../functions/domain/concurrency.ts';
import type { TaskState } from '../page-api.ts';
import { type Entry, entryOf } from './entry.ts';

/** Enough to hide the latency of S3, far below its request limit. */
const readsAtOnce = 16;
/** About 5 KB each. */
const maxTasks = 50_000;
/** S3's page size for lists. */
const keysPerPage = 1000;
/** Of the records that are changing, at most this many are read at a time: the newest. */
const maxMoving = 50;
/** The effect of a command is visible in the record within this time, or there is none. */
const awaitedMs = 60_000;

type Deps = {
  bucket: Pick<BucketReader, 'list' | 'read'>;
  /** By record key, from an earlier run. */
  remembered: Promise<ReadonlyMap<string, Entry>>;
  onChange: () => void;
  now: () => Date;
  signal: AbortSignal;
};

export type TaskLibrary = ReturnType<typeof createTaskLibrary>;

export function createTaskLibrary({ bucket, remembered, onChange, now, signal }: Deps) {
  const known = new Map<string, Entry>();
  /** Keys and versions of objects that are not valid records. */
  const unreadable = new Map<string, string>();
  /** Keys of records whose change a page awaits, and until when. */
  const awaited = new Map<string, number>();
  let sorted: readonly Entry[] | undefined;
  let revision = 0;
  let listed = 0;
  let trouble: string | null = null;

  function changed(): void {
    revision++;
    sorted = undefined;
    onChange();
  }

  function put(entry: Entry): void {
    const before = known.get(entry.key);
    known.set(entry.key, entry);
    unreadable.delete(entry.key);
    if (!isDeepStrictEqual(before, entry)) changed();
  }

  function forget(key: string): void {
    // Delete from both maps, whichever holds it.
    if ([known.delete(key), unreadable.delete(key)].includes(true)) changed();
  }

  async function read({ key, bytes, etag }: Pick<ListedFile, 'key' | 'bytes' | 'etag'>): Promise<void> {
    const isOurs = bytes <= maxRecordBytes;
    const found = isOurs ? await bucket.read(key, maxRecordBytes) : undefined;
    if (isOurs && found === undefined) return forget(key);
    const record = found && parseRecord(found.body.toString());
    if (record !== undefined) return put(entryOf(record, { key, etag }));
    known.delete(key);
    unreadable.set(key, etag);
    changed();
  }

  const versionOf = (key: string) => known.get(key)?.etag ?? unreadable.get(key);
  const entries = () => (sorted ??= [...known.values()].sort(newestFirst));

  return {
    entries,
    entry: (key: string) => known.get(key),
    unreadable: () => [...unreadable.keys()].sort(),
    pages: () => Math.max(1, Math.ceil(listed / keysPerPage)),
    isWhole: () => listed > 0 && known.size + unreadable.size >= listed,
    state: (): TaskState => ({
      revision,
      read: known.size + unreadable.size,
      of: Math.max(listed, known.size),
      trouble,
    }),

    /** `words`: null if the bucket responds. */
    setTrouble(words: string | null): void {
      if (words === trouble) return;
      trouble = words;
      changed();
    },

    /** Lists the bucket and reads new and changed records, last modified first. */
    async refresh(): Promise<void> {
      const found: ListedFile[] = [];
      for await (const file of bucket.list('tasks/')) if (file.key.endsWith('.json')) found.push(file);
      found.sort((one, other) => other.modified.getTime() - one.modified.getTime());
      const files = found.slice(0, maxTasks);
      const there = new Set(files.map(({ key }) => key));
      for (const key of [...known.keys(), ...unreadable.keys()]) if (!there.has(key)) forget(key);
      if (listed !== files.length || revision === 0) {
        listed = files.length;
        changed();
      }
      const earlier = known.size === 0 ? await remembered : new Map<string, Entry>();
      for (const { key, etag } of files) {
        const entry = earlier.get(key);
        if (entry?.etag === etag) put(entry);
      }
      const stale = files.filter(({ key, etag }) => versionOf(key) !== etag);
      await forEachConcurrent(stale, readsAtOnce, read, { signal });
    },

    /** Rereads records that are changing. */
    async refreshMoving(): Promise<void> {
      for (const [key, until] of awaited) if (until < now().getTime()) awaited.delete(key);
      const moving = entries().filter(({ key, line }) => line.status === 'archiving' || awaited.has(key));
      const files = moving.slice(0, maxMoving).map(({ key, etag }) => ({ key, etag, bytes: 0 }));
      await forEachConcurrent(files, readsAtOnce, read, { signal });
    },

    /** Marks a record that a command is about to change. */
    expectNews(key: string): void {
      awaited.set(key, now().getTime() + awaitedMs);
    },
  };
}

function newestFirst({ line: one }: Entry, { line: other }: Entry): number {
  if (one.at !== other.at) return one.at < other.at ? 1 : -1;
  return one.taskId < other.taskId ? -1 : 1;
}
