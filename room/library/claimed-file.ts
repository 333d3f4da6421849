// Only files that a record lists are served, whatever else is in the bucket.

import { nameFiles } from '../../client/file-names.ts';
import type { Asset, TaskRecord } from '../../functions/domain/record.ts';
import type { Entry } from './entry.ts';

export type ClaimedFile = Pick<Asset, 'state' | 'bytes' | 'contentType'> & { fileName: string };

type Deps = { entries: () => readonly Entry[]; read: (key: string) => Promise<TaskRecord | undefined> };

/** A screen of the list requests this many covers. */
const maxHeld = 256;

export function createClaims({ entries, read }: Deps) {
  /** By the record's key and version; the most recently used last. */
  const held = new Map<string, TaskRecord>();

  async function fresh({ key, etag }: Entry): Promise<TaskRecord | undefined> {
    const record = await read(key);
    if (record !== undefined) hold(`${key} ${etag}`, record);
    return record;
  }

  function hold(version: string, record: TaskRecord): void {
    held.delete(version);
    held.set(version, record);
    const [oldest] = held.keys();
    if (held.size > maxHeld && oldest !== undefined) held.delete(oldest);
  }

  return async function claimed(fileKey: string): Promise<ClaimedFile | undefined> {
    for (const entry of entries().filter((each) => mayOwn(each, fileKey))) {
      const version = `${entry.key} ${entry.etag}`;
      const record = held.get(version);
      if (record !== undefined) hold(version, record);
      // The file may have been stored since the record was read.
      const file = (record && fileIn(record, fileKey)) ?? fileIn(await fresh(entry), fileKey);
      if (file !== undefined) return file;
    }
    return undefined;
  };
}

/** Callbacks, markers and other records are never served, whatever a record says. */
function mayOwn({ key, folder }: Entry, fileKey: string): boolean {
  const segment = key.slice('tasks/'.length, -'.json'.length);
  const isInFolder = fileKey.startsWith('library/') && folder !== null && fileKey.startsWith(`${folder}/`);
  return isInFolder || fileKey.startsWith(`quarantine/${segment}/`);
}

function fileIn(record: TaskRecord | undefined, fileKey: string): ClaimedFile | undefined {
  if (record === undefined) return undefined;
  const kept = record.assets.filter(({ state }) => state === 'stored' || state === 'quarantined');
  const named = nameFiles(record, kept).find(({ asset }) => asset.key === fileKey);
  if (named === undefined) return undefined;
  const { state, bytes, contentType } = named.asset;
  return { state, bytes, contentType, fileName: named.fileName };
}
