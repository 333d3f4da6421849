// A cache of the records read in the last run, on the owner's disk, so that only changed records are read again. A
// cache that is invalid in any way is discarded.
import { createReadStream, createWriteStream, type ReadStream } from 'node:fs';
import { lstat, mkdir, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join } from 'node:path';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import * as z from 'zod';
import { sha256 } from '../../functions/domain/file-name.ts';
import type { Entry } from './entry.ts';

/** Increase when an entry, or the way it is made from a record, changes. */
const version = 2;
/** Fifty thousand tasks of 5 KB. */
const maxBytes = 256 * 1024 ** 2;
const linesAtOnce = 200;

const text = z.string();
const reason = text.nullable();
const take = z.object({
  trackId: text.nullable(),
  title: text,
  durationSeconds: z.number().nullable(),
  model: text.nullable(),
  audio: text.nullable(),
  video: text.nullable(),
  cover: text.nullable(),
});
const entry: z.ZodType<Entry> = z.object({
  key: text,
  etag: text,
  folder: text.nullable(),
  line: z.object({
    taskId: text,
    at: z.iso.datetime(),
    day: text,
    provider: text,
    kind: text,
    status: z.enum(['waiting', 'archiving', 'archived', 'failed']),
    title: text.nullable(),
    tags: text.nullable(),
    labels: z.record(text, text),
    takes: z.array(take),
    files: z.number(),
    stored: z.number(),
    progress: z.object({ bytes: z.number(), ofBytes: z.number() }).nullable(),
  }),
  concern: z
    .discriminatedUnion('what', [
      z.object({
        what: z.literal('open'),
        reason,
        dueAt: text.nullable(),
        deadline: z.iso.datetime(),
        refusedSince: text.nullable(),
      }),
      z.object({ what: z.literal('failed'), reason: text, advice: text, at: text, isProviders: z.boolean() }),
      z.object({ what: z.literal('suspect'), reason: text }),
      z.object({ what: z.literal('quarantined'), reason: text }),
    ])
    .nullable(),
  text,
});

type Env = Readonly<Record<string, string | undefined>>;

/** `place`: where the bucket is. */
export function cacheFileFor(place: string, { XDG_CACHE_HOME: home = '' }: Env): string {
  const folder = isAbsolute(home) ? home : join(homedir(), '.cache');
  return join(folder, 'trackkeeper', `browse-${sha256(place).slice(0, 16)}.ndjson`);
}

/** By record key; empty if there is no valid cache. */
export async function loadCache(file: string, place: string): Promise<Map<string, Entry>> {
  try {
    const found = await lstat(file);
    // Only regular files: the size of a pipe or a device is unknown.
    return !found.isFile() || found.size > maxBytes ? new Map() : await readEntries(createReadStream(file), place);
  } catch {
    return new Map();
  }
}

/** @throws if the file is not exactly as it was written */
async function readEntries(input: ReadStream, place: string): Promise<Map<string, Entry>> {
  const found = new Map<string, Entry>();
  let isFirst = true;
  try {
    for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
      if (isFirst && line !== head(place)) throw new Error('It is of another bucket, or another version.');
      if (!isFirst) {
        const one = entry.parse(JSON.parse(line));
        found.set(one.key, one);
      }
      isFirst = false;
    }
    return found;
  } finally {
    input.destroy();
  }
}

/** Atomic, and readable only by its owner. An error of the disk is ignored. */
export async function saveCache(file: string, place: string, entries: readonly Entry[]): Promise<void> {
  const draft = `${file}.${process.pid}.tmp`;
  try {
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    await pipeline(Readable.from(linesOf(place, entries)), createWriteStream(draft, { mode: 0o600, flags: 'wx' }));
    await rename(draft, file);
  } catch {
    await rm(draft, { force: true }).catch(() => {});
  }
}

function* linesOf(place: string, entries: readonly Entry[]): Generator<string> {
  yield `${head(place)}\n`;
  for (let from = 0; from < entries.length; from += linesAtOnce) {
    const some = entries.slice(from, from + linesAtOnce);
    yield some.map((one) => `${oneLine(one)}\n`).join('');
  }
}

/** Line readers also break lines at these two characters. */
function oneLine(one: Entry): string {
  return JSON.stringify(one).replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029');
}

const head = (place: string) => JSON.stringify({ version, place });
