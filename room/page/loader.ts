// Loading: the list page by page, the open task, the tasks that need attention, and retry requests.
import { batch } from '@preact/signals';
import { listTasks, messageOf, postDismiss, postRetry, readAttention, readTask } from './api.ts';
import { coalesce } from './coalesce.ts';
import { followLine, type Listing, pageRows, pagesBetween, startListing, withPage } from './listing.ts';
import type { Filter } from './route.ts';
import { announce, state } from './state.ts';

/** While transfers run, something changes all the time: two updates a second are enough. */
const pause = () => new Promise<void>((done) => setTimeout(done, 500));

let filter: Filter | null = null;
/** Aborted as soon as another filter is chosen. */
let loading = new AbortController();
let visible = { from: 0, to: 1 };
const requestedPages = new Set<number>();

/** Loads the list for another filter. The old list is shown until the answer arrives. */
export function loadList(wanted: Filter): void {
  loading.abort();
  loading = new AbortController();
  filter = wanted;
  visible = { from: 0, to: 1 };
  void reload();
}

/** Loads the pages of these lines, unless they are loaded. */
export function loadLines(from: number, to: number): void {
  const listing = state.listing.peek();
  if (listing === null || listing.filter !== filter || from >= to) return;
  visible = { from, to };
  const missing = pagesBetween(from, to).filter((page) => !listing.pages.has(page) && !requestedPages.has(page));
  for (const page of missing) void loadPage(page);
}

/** Reloads the visible pages. */
export const refreshList = coalesce(reload, pause);

function reload(): Promise<void> {
  return updateListing(async (of) => {
    const pages = pagesBetween(visible.from, visible.to);
    return startListing(of, await Promise.all(pages.map((page) => requestPage(of, page))));
  });
}

async function loadPage(page: number): Promise<void> {
  requestedPages.add(page);
  await updateListing(async (of) => {
    const answer = await requestPage(of, page);
    const listing = state.listing.peek();
    return listing === null || listing.filter !== of ? null : withPage(listing, answer);
  });
  requestedPages.delete(page);
}

const requestPage = (of: Filter, page: number) =>
  listTasks(of, { from: page * pageRows, count: pageRows }, loading.signal);

/** Drops the answer if another filter was chosen meanwhile. */
async function updateListing(load: (of: Filter) => Promise<Listing | null>): Promise<void> {
  if (filter === null) return;
  const { signal } = loading;
  try {
    const listing = await load(filter);
    if (!signal.aborted && listing !== null) showListing(listing);
  } catch (error) {
    if (!signal.aborted) announce(`The list could not be read: ${messageOf(error)}`);
  }
}

const showListing = (listing: Listing) =>
  batch(() => {
    state.line.value = followLine(state.listing.peek(), listing, state.line.peek());
    state.listing.value = listing;
  });

export function openTask(taskId: string): void {
  state.openTask.value = { taskId, detail: null, problem: null };
  void loadOpenTask();
}

/** Keeps the old detail if the task cannot be read again. */
async function loadOpenTask(): Promise<void> {
  const taskId = state.openTask.peek()?.taskId;
  if (taskId === undefined) return;
  const isStillOpen = () => state.openTask.peek()?.taskId === taskId;
  try {
    const detail = await readTask(taskId);
    if (isStillOpen()) state.openTask.value = { taskId, detail, problem: null };
  } catch (error) {
    const detail = state.openTask.peek()?.detail ?? null;
    if (isStillOpen()) state.openTask.value = { taskId, detail, problem: messageOf(error) };
  }
}

export const refreshOpenTask = coalesce(loadOpenTask, pause);

export const refreshAttention = coalesce(async () => {
  try {
    state.attention.value = await readAttention();
  } catch (error) {
    announce(`The tasks that need attention could not be read: ${messageOf(error)}`);
  }
}, pause);

/** One after the other: each is one request to this machine. */
export async function retryAll(taskIds: readonly string[]): Promise<void> {
  for (const taskId of taskIds) await retry(taskId);
  announce(`${taskIds.length} tasks are tried again.`);
}

export async function dismiss(taskId: string): Promise<void> {
  noteRetry(taskId, true, '');
  try {
    await postDismiss(taskId);
    noteRetry(taskId, false, 'Dismissed: it leaves this list in a moment. Retry undoes it.');
  } catch (error) {
    noteRetry(taskId, false, `It could not be dismissed: ${messageOf(error)}`);
  }
  announce(state.retries.peek().get(taskId)?.result ?? '');
}

export async function retry(taskId: string): Promise<void> {
  if (state.retries.peek().get(taskId)?.isRunning) return;
  noteRetry(taskId, true, '');
  const result = await requestRetry(taskId);
  noteRetry(taskId, false, result);
  announce(result);
}

async function requestRetry(taskId: string): Promise<string> {
  try {
    const { sent, steps } = await postRetry(taskId);
    return sent ? `Retrying: ${steps.join('; ')}.` : 'Nothing to retry.';
  } catch (error) {
    return `The retry failed: ${messageOf(error)}`;
  }
}

function noteRetry(taskId: string, isRunning: boolean, result: string): void {
  state.retries.value = new Map(state.retries.peek()).set(taskId, { isRunning, result });
}
