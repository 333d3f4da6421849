import type { Asset, TaskRecord, Track } from '../../functions/domain/record.ts';
import { jsonAnswer, type RoomResponse, refusal } from '../guard.ts';
import type { FileDetail, ListedTasks, TaskDetail, TaskRow, TaskState, TaskStatus } from '../page-api.ts';
import { type Entry, maxShown, normalised, shortened, transferProgressOf } from './entry.ts';

type Known = { entries: readonly Entry[]; state: TaskState; row: (entry: Entry) => TaskRow };

const statuses: readonly TaskStatus[] = ['waiting', 'archiving', 'archived', 'failed'];

const usualCount = 100;

/** The maximum number of rows in one response; a screen shows a tenth of it. */
const maxCount = 200;

/** The part of the list that the query selects: see page-api.ts. */
export function listedTasks(query: URLSearchParams, { entries, state, row }: Known): RoomResponse {
  const wanted = query.get('status') || null;
  const status = statuses.find((each) => each === wanted) ?? null;
  if (status !== wanted) return refusal(400, `A status is one of ${statuses.join(', ')}.`);
  const [from, count] = [numberIn(query, 'from', 0), numberIn(query, 'count', usualCount)];
  if (from === undefined || count === undefined) return refusal(400, '"from" and "count" must be whole numbers.');

  const kind = query.get('kind') || null;
  const found = search(entries, { words: wordsOf(query.get('q') ?? ''), status, kind });
  const start = startIn(found, query.get('at')) ?? from;
  return jsonAnswer({
    ...state,
    days: daysOf(found),
    total: found.length,
    from: start,
    rows: found.slice(start, start + Math.min(count, maxCount)).map(row),
    kinds: [...new Set(entries.map(({ line }) => line.kind))].sort(),
  } satisfies ListedTasks);
}

function numberIn(query: URLSearchParams, name: string, usual: number): number | undefined {
  const text = query.get(name) ?? String(usual);
  return /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}

export type Search = { words: readonly string[]; status: TaskStatus | null; kind: string | null };

/** A task matches if it contains all words, in any order. */
export function search(entries: readonly Entry[], { words, status, kind }: Search): Entry[] {
  return entries.filter(
    ({ line, text }) =>
      (status === null || line.status === status) &&
      (kind === null || line.kind === kind) &&
      words.every((word) => text.includes(word)),
  );
}

// Finds tasks by text. Pure; ten thousand tasks are searched while the user types.

/** The maximum length of a query. */
const maxQuery = 1_000;

const maxWords = 16;

export function wordsOf(query: string): string[] {
  const words = normalised(query.slice(0, maxQuery)).split(/\s+/);
  return words.filter((word) => word !== '').slice(0, maxWords);
}

/** An index beyond the end if the task is not in the list. */
function startIn(found: readonly Entry[], taskId: string | null): number | undefined {
  if (taskId === null) return undefined;
  const at = found.findIndex(({ line }) => line.taskId === taskId);
  return at < 0 ? found.length : at;
}

/** In the order of the entries. */
export function daysOf(entries: readonly Entry[]): ListedTasks['days'] {
  const days = new Map<string, number>();
  for (const { line } of entries) days.set(line.day, (days.get(line.day) ?? 0) + 1);
  return [...days].map(([day, count]) => ({ day, count }));
}

type Beside = Pick<TaskDetail, 'revision' | 'bucket' | 'record'>;

/**
 * For all takes together; a song's lyrics have 1 to 3 KB. A page with half a million lines would freeze; the file has
 * the complete text.
 */
const maxLyrics = 50_000;

export function taskDetail(record: TaskRecord, row: TaskRow, beside: Beside): TaskDetail {
  const { folder, assets, tracks } = record;
  return { ...row, ...beside, folder, assets: assets.map(fileDetail), lyrics: Object.fromEntries(lyricsOf(tracks)) };
}

function fileDetail(asset: Asset): FileDetail {
  const { kind, trackId, name, state, key, bytes, contentType, suspect, attempts } = asset;
  const reason = state === 'stored' ? null : (attempts.at(-1)?.detail ?? null);
  return {
    kind,
    trackId,
    name,
    state,
    key,
    bytes,
    contentType,
    suspect,
    reason,
    progress: transferProgressOf([asset]),
  };
}

function lyricsOf(tracks: readonly Track[]): [trackId: string, text: string][] {
  let left = maxLyrics;
  return tracks.flatMap(({ trackId, prompt }) => {
    if (!prompt || left <= 0) return [];
    const text = shortened(prompt, left);
    left -= text.length;
    return [[shortened(trackId, maxShown), text]];
  });
}
