// The router: follows the URL's hash, which links, the back button and the search change, and loads what it names.
import { batch } from '@preact/signals';
import { loadList, openTask } from './loader.ts';
import { type Filter, filterQuery, formatRoute, type PageRoute, parseRoute } from './route.ts';
import { goToLine, state } from './state.ts';

let isFirst = true;

export function startRouter(): void {
  addEventListener('hashchange', followUrl);
  followUrl();
}

function goTo(route: PageRoute): void {
  location.hash = formatRoute(route);
}

export function closeTask(): void {
  goTo({ ...state.route.peek(), view: 'library', taskId: '' });
}

/** Replaces the history entry: typing in the search must not fill the history. */
export function filterBy(change: Partial<Filter>): void {
  const route = state.route.peek();
  const filter = { ...route.filter, ...change };
  const staysOpen = route.view === 'task' && state.isWide.peek();
  history.replaceState(
    null,
    '',
    formatRoute(staysOpen ? { ...route, filter } : { view: 'library', taskId: '', filter }),
  );
  followUrl();
}

function followUrl(): void {
  const before = state.route.peek();
  const parsed = parseRoute(location.hash);
  // An equal filter stays the same object, so that `===` shows whether a list belongs to it.
  const filter = filterQuery(parsed.filter) === filterQuery(before.filter) ? before.filter : parsed.filter;
  const now = { ...parsed, filter };
  batch(() => {
    state.route.value = now;
    if (isFirst || filter !== before.filter) loadList(filter);
    if (now.view !== 'task') state.openTask.value = null;
    else if (now.taskId !== state.openTask.peek()?.taskId) openTask(now.taskId);
    if (!isFirst) moveFocus(before, now);
  });
  isFirst = false;
}

/** The focus goes to the heading of a task that was opened, and back to its line in the list. */
function moveFocus(before: PageRoute, now: PageRoute): void {
  state.isHeadingToFocus.value = now.view === 'task' && now.taskId !== before.taskId;
  if (before.view === 'task' && now.view === 'library') goToLine(state.line.peek());
}
