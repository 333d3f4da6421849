// The loaded part of the list: the days with their lengths, and the pages of rows near the visible lines.
import type { ListedTasks, TaskRow } from '../page-api.ts';
import type { Filter } from './route.ts';

export type Listing = Readonly<{
  filter: Filter;
  revision: number;
  /** Whether the server had read every record when it answered. */
  isComplete: boolean;
  days: ListedTasks['days'];
  total: number;
  kinds: readonly string[];
  pages: ReadonlyMap<number, readonly TaskRow[]>;
}>;

export const pageRows = 100;

/** 1,200 rows are several screens up and down, and about 2 MB. */
const maxPages = 12;

const pageOf = (line: number) => Math.floor(line / pageRows);

export const rowAt = ({ pages }: Listing, line: number): TaskRow | undefined =>
  pages.get(pageOf(line))?.[line % pageRows];

/** Undefined if the task is not on a loaded page. */
export function lineOf({ pages }: Listing, taskId: string): number | undefined {
  for (const [page, rows] of pages) {
    const at = rows.findIndex((row) => row.taskId === taskId);
    if (at !== -1) return page * pageRows + at;
  }
  return undefined;
}

/** The current line after an update: it stays with its task, and starts at 0 with a new filter. */
export function followLine(before: Listing | null, now: Listing, line: number): number {
  if (before === null) return line;
  if (before.filter !== now.filter) return 0;
  const taskId = rowAt(before, line)?.taskId;
  return (taskId === undefined ? undefined : lineOf(now, taskId)) ?? line;
}

export const pagesBetween = (from: number, to: number): number[] =>
  Array.from({ length: Math.max(0, pageOf(to - 1) - pageOf(from) + 1) }, (_, index) => pageOf(from) + index);

function lengthsOf({ revision, days, total, kinds, read, of, trouble }: ListedTasks) {
  return { revision, days, total, kinds, isComplete: revision > 0 && read >= of && trouble === null };
}

export function startListing(filter: Filter, answers: readonly ListedTasks[]): Listing | null {
  const newest = [...answers].sort((one, other) => other.revision - one.revision)[0];
  if (newest === undefined) return null;
  const pages = new Map(answers.map(({ from, rows }) => [pageOf(from), rows]));
  return { filter, ...lengthsOf(newest), pages };
}

/** Adds a page, and drops the farthest ones above the limit. */
export function withPage(listing: Listing, answer: ListedTasks): Listing {
  const { from, rows } = answer;
  const page = pageOf(from);
  const nearest = [...new Map(listing.pages).set(page, rows)].sort(
    ([one], [other]) => Math.abs(one - page) - Math.abs(other - page),
  );
  const lengths = answer.revision >= listing.revision ? lengthsOf(answer) : {};
  return { ...listing, ...lengths, pages: new Map(nearest.slice(0, maxPages)) };
}
