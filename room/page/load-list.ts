// Fetches pages of the list: those that come into view, and those in view anew when something has changed.
import { type ListTasks, reasonOf } from './api.ts';
import { coalesce } from './coalesce.ts';
import { beginListing, type Listing, pageRows, pagesBetween, withPage } from './listing.ts';
import type { Filter } from './place.ts';

export type ListLoader = {
  /** Begins anew with another filter. What is shown stays until the answer is here. */
  show(filter: Filter): void;
  /** Lines that are in view, or soon will be. */
  need(from: number, to: number): void;
  /** Something has changed. */
  refresh(): void;
};

type Deps = {
  listTasks: ListTasks;
  held(): Listing | null;
  hold(listing: Listing): void;
  say(problem: string): void;
  /** Between two looks. */
  pause(): Promise<void>;
};

export function createListLoader({ listTasks, held, hold, say, pause }: Deps): ListLoader {
  let filter: Filter | null = null;
  let current = new AbortController();
  let inView = { from: 0, to: 1 };
  const asked = new Set<number>();

  const page = (of: Filter, number: number) =>
    listTasks(of, { from: number * pageRows, count: pageRows }, current.signal);

  /** Only what still belongs to the filter is taken. */
  async function take(work: (of: Filter) => Promise<Listing | null>): Promise<void> {
    if (filter === null) return;
    const { signal } = current;
    try {
      const listing = await work(filter);
      if (!signal.aborted && listing !== null) hold(listing);
    } catch (error) {
      if (!signal.aborted) say(`The list could not be read: ${reasonOf(error)}`);
    }
  }

  const reload = () =>
    take(async (of) => {
      const answers = await Promise.all(pagesBetween(inView.from, inView.to).map((number) => page(of, number)));
      return beginListing(of, answers);
    });

  async function fetchPage(number: number): Promise<void> {
    asked.add(number);
    await take(async (of) => {
      const answer = await page(of, number);
      const listing = held();
      return listing === null || listing.filter !== of ? null : withPage(listing, answer);
    });
    asked.delete(number);
  }

  return {
    show(wanted) {
      current.abort();
      current = new AbortController();
      filter = wanted;
      inView = { from: 0, to: 1 };
      void reload();
    },
    need(from, to) {
      const listing = held();
      if (listing === null || listing.filter !== filter || from >= to) return;
      inView = { from, to };
      const missing = pagesBetween(from, to).filter((number) => !listing.pages.has(number) && !asked.has(number));
      for (const number of missing) void fetchPage(number);
    },
    refresh: coalesce(reload, pause),
  };
}
