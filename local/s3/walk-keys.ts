import type { Dirent } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { compareKeys, endOfPrefix, keyProblem } from './key.ts';
import { unlessMissing } from './missing.ts';

export type Span = { readonly prefix: string; readonly after: string };

/** Yields a bucket's keys with `prefix` after `after` in S3's order, reading folders only as needed. */
export async function* walkKeys(folder: string, span: Span, base = ''): AsyncGenerator<string> {
  const entries = (await unlessMissing(readdir(folder, { withFileTypes: true }))) ?? [];
  for (const entry of entries.map(withKey).sort((a, b) => compareKeys(a.key, b.key))) {
    const key = `${base}${entry.key}`;
    if (entry.isFolder && mayHold(key, span)) yield* walkKeys(join(folder, entry.name), span, key);
    if (entry.isFile && isWithin(key, span)) yield key;
  }
}

/** A folder is sorted by its name with the slash, as its keys are: `a-b` before `a/c`. */
function withKey(entry: Dirent) {
  const isFolder = entry.isDirectory();
  return { name: entry.name, key: isFolder ? `${entry.name}/` : entry.name, isFolder, isFile: entry.isFile() };
}

function mayHold(folder: string, { prefix, after }: Span): boolean {
  const mayMatch = folder.startsWith(prefix) || prefix.startsWith(folder);
  return mayMatch && compareKeys(endOfPrefix(folder), after) > 0;
}

/** A person may have added files whose names cannot be keys. */
function isWithin(key: string, { prefix, after }: Span): boolean {
  return key.startsWith(prefix) && compareKeys(key, after) > 0 && !keyProblem(key);
}
