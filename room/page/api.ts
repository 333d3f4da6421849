// What the page asks its server. The answers are believed: both come from the same command, in the same version.
import type { ListedTasks, NeedsAttention, Retried, TaskDetail } from '../page-api.ts';
import { type Filter, filterQuery } from './place.ts';

/** A bucket far away may take its time; one that never answers is no reason to wait for ever. */
const withinMs = 30_000;

type Asking = { method: 'GET'; signal?: AbortSignal | undefined } | { method: 'POST' };

async function ask<T>(path: string, asking: Asking = { method: 'GET' }): Promise<T> {
  const limit = AbortSignal.timeout(withinMs);
  const response = await fetch(path, {
    ...(asking.method === 'GET'
      ? { signal: asking.signal ? AbortSignal.any([asking.signal, limit]) : limit }
      : { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}', signal: limit }),
  });
  if (!response.ok) throw new Error(await refusalIn(response));
  return response.json();
}

/** A Refused, or plain words from the guard at the door. */
async function refusalIn(response: Response): Promise<string> {
  const text = await response.text();
  try {
    return JSON.parse(text).error;
  } catch {
    return text.trim() || `The server answered ${response.status}.`;
  }
}

/** Which part of the list: from a line on, or from a task on. */
type Span = { from: number; count: number } | { at: string; count: number };
export type ListTasks = (filter: Filter, span: Span, signal?: AbortSignal) => Promise<ListedTasks>;

export const listTasks: ListTasks = (filter, span, signal) => {
  const place = 'at' in span ? `at=${encodeURIComponent(span.at)}` : `from=${span.from}`;
  return ask(`/api/tasks?${filterQuery(filter)}&${place}&count=${span.count}`, { method: 'GET', signal });
};

const taskPath = (taskId: string) => `/api/tasks/${encodeURIComponent(taskId)}`;

export const readTask = (taskId: string) => ask<TaskDetail>(taskPath(taskId));
export const readAttention = () => ask<NeedsAttention>('/api/attention');
export const retryTask = (taskId: string) => ask<Retried>(`${taskPath(taskId)}/retry`, { method: 'POST' });

export const mediaPath = (key: string) => `/media/${key.split('/').map(encodeURIComponent).join('/')}`;

export const reasonOf = (error: unknown) => (error instanceof Error ? error.message : String(error));
