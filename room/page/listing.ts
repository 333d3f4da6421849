// The list as far as it is here: its days and their lengths, and the pages of rows near to what is looked at.
import type { ListedTasks, TaskRow } from '../page-api.ts';
import type { Filter } from './place.ts';

export type Listing = Readonly<{
  filter: Filter;
  revision: number;
  /** Whether all there is was looked at. */
  isWhole: boolean;
  days: ListedTasks['days'];
  total: number;
  kinds: readonly string[];
  pages: ReadonlyMap<number, readonly TaskRow[]>;
}>;

export const pageRows = 100;

/** 1,200 rows: several screens up and down, and about 2 MB, however long the list is. */
const mostPages = 12;

const pageOf = (line: number) => Math.floor(line / pageRows);

export const rowAt = ({ pages }: Listing, line: number): TaskRow | undefined =>
  pages.get(pageOf(line))?.[line % pageRows];

/** Undefined where it is not among those that are here. */
export function lineOf({ pages }: Listing, taskId: string): number | undefined {
  for (const [page, rows] of pages) {
    const at = rows.findIndex((row) => row.taskId === taskId);
    if (at !== -1) return page * pageRows + at;
  }
  return undefined;
}

export const pagesBetween = (from: number, to: number): number[] =>
  Array.from({ length: Math.max(0, pageOf(to - 1) - pageOf(from) + 1) }, (_, index) => pageOf(from) + index);

function lengthsOf({ revision, days, total, kinds, read, of, trouble }: ListedTasks) {
  return { revision, days, total, kinds, isWhole: revision > 0 && read >= of && trouble === null };
}

export function beginListing(filter: Filter, answers: readonly ListedTasks[]): Listing | null {
  const newest = [...answers].sort((one, other) => other.revision - one.revision)[0];
  if (newest === undefined) return null;
  const pages = new Map(answers.map(({ from, rows }) => [pageOf(from), rows]));
  return { filter, ...lengthsOf(newest), pages };
}

/** One more page. The pages farthest from it go, where there are too many. */
export function withPage(listing: Listing, answer: ListedTasks): Listing {
  const { from, rows } = answer;
  const page = pageOf(from);
  const nearest = [...new Map(listing.pages).set(page, rows)].sort(
    ([one], [other]) => Math.abs(one - page) - Math.abs(other - page),
  );
  const lengths = answer.revision >= listing.revision ? lengthsOf(answer) : {};
  return { ...listing, ...lengths, pages: new Map(nearest.slice(0, mostPages)) };
}
