// Finds tasks by text. Pure; ten thousand tasks are searched while the user types.
import type { ListedTasks, TaskStatus } from '../page-api.ts';
import type { Entry } from './entry.ts';
import { normalised } from './search-text.ts';

/** The maximum length of a query. */
const maxQuery = 1_000;
const maxWords = 16;

export type Search = { words: readonly string[]; status: TaskStatus | null; kind: string | null };

export function wordsOf(query: string): string[] {
  const words = normalised(query.slice(0, maxQuery)).split(/\s+/);
  return words.filter((word) => word !== '').slice(0, maxWords);
}

/** A task matches if it contains all words, in any order. */
export function search(entries: readonly Entry[], { words, status, kind }: Search): Entry[] {
  return entries.filter(
    ({ line, text }) =>
      (status === null || line.status === status) &&
      (kind === null || line.kind === kind) &&
      words.every((word) => text.includes(word)),
  );
}

/** In the order of the entries. */
export function daysOf(entries: readonly Entry[]): ListedTasks['days'] {
  const days = new Map<string, number>();
  for (const { line } of entries) days.set(line.day, (days.get(line.day) ?? 0) + 1);
  return [...days].map(([day, count]) => ({ day, count }));
}
