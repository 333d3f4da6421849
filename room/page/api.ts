// The page's requests to its own server, and the events that the server pushes. Answers are not checked: page and
// server come from the same command, in the same version.
import type { Dismissed, ListedTasks, NeedsAttention, Retried, TaskDetail, TaskState } from '../page-api.ts';
import { type Filter, filterQuery } from './route.ts';

/** Generous, because the bucket may be far away. */
const timeoutMs = 30_000;

type ApiRequest = { method: 'GET'; signal?: AbortSignal | undefined } | { method: 'POST' };

async function request<T>(path: string, options: ApiRequest = { method: 'GET' }): Promise<T> {
  const timeout = AbortSignal.timeout(timeoutMs);
  const response = await fetch(path, {
    ...(options.method === 'GET'
      ? { signal: options.signal ? AbortSignal.any([options.signal, timeout]) : timeout }
      : { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}', signal: timeout }),
  });
  if (!response.ok) throw new Error(await errorIn(response));
  return response.json();
}

/** Errors are JSON (`Refused`) or plain text. */
async function errorIn(response: Response): Promise<string> {
  const text = await response.text();
  try {
    return JSON.parse(text).error;
  } catch {
    return text.trim() || `The server answered ${response.status}.`;
  }
}

/** A part of the list: from a line on, or from a task on. */
type Span = { from: number; count: number } | { at: string; count: number };
export type ListTasks = (filter: Filter, span: Span, signal?: AbortSignal) => Promise<ListedTasks>;

export const listTasks: ListTasks = (filter, span, signal) => {
  const start = 'at' in span ? `at=${encodeURIComponent(span.at)}` : `from=${span.from}`;
  return request(`/api/tasks?${filterQuery(filter)}&${start}&count=${span.count}`, { method: 'GET', signal });
};

const taskPath = (taskId: string) => `/api/tasks/${encodeURIComponent(taskId)}`;

export const readTask = (taskId: string) => request<TaskDetail>(taskPath(taskId));
export const readAttention = () => request<NeedsAttention>('/api/attention');
export const postDismiss = (taskId: string) => request<Dismissed>(`${taskPath(taskId)}/dismiss`, { method: 'POST' });
export const postRetry = (taskId: string) => request<Retried>(`${taskPath(taskId)}/retry`, { method: 'POST' });

export const mediaPath = (key: string) => `/media/${key.split('/').map(encodeURIComponent).join('/')}`;

export const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));

type EventListeners = { onState(state: TaskState): void; onConnection(isConnected: boolean): void };

/**
 * Subscribes to the server's events while the page is visible: a browser opens at most six connections to one server,
 * and each hidden page would keep one. EventSource reconnects by itself.
 */
export function listenToEvents({ onState, onConnection }: EventListeners): void {
  let source: EventSource | null = null;

  function connect(): EventSource {
    const made = new EventSource('/api/changes');
    made.addEventListener('open', () => onConnection(true));
    made.addEventListener('error', () => onConnection(false));
    made.addEventListener('message', ({ data }) => onState(JSON.parse(data)));
    return made;
  }

  function update(): void {
    source?.close();
    source = document.hidden ? null : connect();
  }
  document.addEventListener('visibilitychange', update);
  update();
}
