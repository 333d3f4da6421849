// What the URL's hash means: which view, which task and which filter. Reload, bookmarks and the back button depend on
// it.

export type Filter = Readonly<{ q: string; status: string; kind: string }>;
export type PageRoute = Readonly<{ view: 'library' | 'attention' | 'task'; taskId: string; filter: Filter }>;

export const noFilter: Filter = { q: '', status: '', kind: '' };

/** An unknown path is the library. */
export function parseRoute(hash: string): PageRoute {
  const [path = '', query = ''] = hash.replace(/^#/, '').split(/\?(.*)/s);
  const given = new URLSearchParams(query);
  const filter = { q: given.get('q') ?? '', status: given.get('status') ?? '', kind: given.get('kind') ?? '' };
  if (path === '/attention') return { view: 'attention', taskId: '', filter };
  const taskId = decoded(/^\/task\/([^/]+)$/.exec(path)?.[1] ?? '');
  return { view: taskId === '' ? 'library' : 'task', taskId, filter };
}

export function formatRoute({ view, taskId, filter }: PageRoute): string {
  const query = filterQuery(filter);
  const path = { library: '/', attention: '/attention', task: `/task/${encodeURIComponent(taskId)}` }[view];
  return `#${path}${query === '' ? '' : `?${query}`}`;
}

/** Leaves out empty fields. */
export function filterQuery(filter: Filter): string {
  return new URLSearchParams(Object.entries(filter).filter(([, value]) => value !== '')).toString();
}

export const isFiltered = (filter: Filter) => filterQuery(filter) !== '';

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return '';
  }
}
