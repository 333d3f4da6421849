// The API between the listening room's server and its page: types only. All text in it may be hostile.
//
// - `GET /api/tasks?q=&status=&kind=&from=0&count=100` → ListedTasks; with `&at=<taskId>` in place of `from`, the
//   rows start with that task and `from` is its index; no rows if the task does not match
// - `GET /api/attention` → NeedsAttention
// - `GET /api/tasks/<taskId>` → TaskDetail
// - `POST /api/tasks/<taskId>/retry` → Retried
// - `POST /api/tasks/<taskId>/dismiss` → Dismissed
// - `GET /api/changes` → server-sent events, each with a State as its data
// - `GET /media/<key>` with ranges; with `?download` as a download named after its title
//
// Errors have a status of 4xx or 5xx, and a Refused as their body.

export type TaskState = {
  /** Increases with every visible change; 0: the bucket has not been read yet. */
  revision: number;
  /** The number of records read so far, and in total. */
  read: number;
  of: number;
  /** Why the bucket does not respond; null if it does. */
  trouble: string | null;
};

export type Refused = { error: string };

export type TaskStatus = 'waiting' | 'archiving' | 'archived' | 'failed';

/** Keys are those of objects in the bucket. */
export type Take = {
  trackId: string | null;
  title: string;
  durationSeconds: number | null;
  model: string | null;
  audio: string | null;
  video: string | null;
  cover: string | null;
};

export type Attention = {
  why: 'at-risk' | 'open' | 'failed' | 'quarantined' | 'suspect';
  /** What is wrong, and what to do. */
  reason: string | null;
  advice: string | null;
  /** Hours until the links expire; null if no file is open. */
  hoursLeft: number | null;
  /** The time of the next automatic retry. */
  dueAt: string | null;
  /** False where only the provider could help, and there is no key to ask it with. */
  canRetry: boolean;
};

/** A row of the list. */
export type TaskRow = {
  taskId: string;
  /** When the task was first seen: the instant, and the day in UTC (`2026-11-20`). */
  at: string;
  day: string;
  provider: string;
  kind: string;
  status: TaskStatus;
  title: string | null;
  tags: string | null;
  labels: Record<string, string>;
  takes: Take[];
  /** The number of files, and how many of them are stored. */
  files: number;
  stored: number;
  /** The received and total bytes of large files in transfer. */
  progress: { bytes: number; ofBytes: number } | null;
  attention: Attention | null;
};

/** Newest first. */
export type ListedTasks = TaskState & {
  /** All matching tasks by day, in the order of the list; the counts add up to `total`. */
  days: { day: string; count: number }[];
  total: number;
  from: number;
  rows: TaskRow[];
  /** The values to filter by, from all tasks. */
  kinds: string[];
};

/** Most urgent first; `total` counts those that do not fit, too. */
export type NeedsAttention = TaskState & {
  total: number;
  rows: TaskRow[];
  /** Keys of records that are not valid. */
  unreadable: string[];
};

export type FileDetail = {
  kind: string;
  trackId: string | null;
  name: string;
  state: 'open' | 'stored' | 'quarantined' | 'failed';
  key: string | null;
  bytes: number | null;
  contentType: string | null;
  suspect: string | null;
  /** Why the last attempt failed, if the file is not stored. */
  reason: string | null;
  progress: { bytes: number; ofBytes: number } | null;
};

export type TaskDetail = TaskRow & {
  revision: number;
  /** The bucket's location: `s3://<name>`, or its folder on this machine; files are below it. */
  bucket: string;
  /** The record's key. */
  record: string;
  folder: string | null;
  assets: FileDetail[];
  /** By trackId, or '' for a take without one. */
  lyrics: Record<string, string>;
};

export type Retried = { sent: boolean; steps: string[] };
export type Dismissed = { sent: true };
