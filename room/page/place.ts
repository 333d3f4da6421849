// Where in the room one is: all of it stands in the URL's hash, so links and reloads lead back.

export type Filter = Readonly<{ q: string; status: string; kind: string }>;
export type Place = Readonly<{ view: 'library' | 'attention' | 'task'; taskId: string; filter: Filter }>;

export const noFilter: Filter = { q: '', status: '', kind: '' };

/** Anything that is no place is the library. */
export function readPlace(hash: string): Place {
  const [path = '', query = ''] = hash.replace(/^#/, '').split(/\?(.*)/s);
  const given = new URLSearchParams(query);
  const filter = { q: given.get('q') ?? '', status: given.get('status') ?? '', kind: given.get('kind') ?? '' };
  if (path === '/attention') return { view: 'attention', taskId: '', filter };
  const taskId = decoded(/^\/task\/([^/]+)$/.exec(path)?.[1] ?? '');
  return { view: taskId === '' ? 'library' : 'task', taskId, filter };
}

export function writePlace({ view, taskId, filter }: Place): string {
  const query = filterQuery(filter);
  const path = { library: '/', attention: '/attention', task: `/task/${encodeURIComponent(taskId)}` }[view];
  return `#${path}${query === '' ? '' : `?${query}`}`;
}

/** What is not filtered by is left away. */
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
