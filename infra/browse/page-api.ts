// What the listening room's server and its page say to each other: types only. All text in it may be hostile.
//
// - `GET /api/tasks?q=&status=&kind=&from=0&count=100` → ListedTasks; `&at=<taskId>` in place of `from`: the rows begin with
//   that task, and `from` says where it stands; none, where it is not among those that match
// - `GET /api/attention` → NeedsAttention
// - `GET /api/tasks/<taskId>` → TaskDetail
// - `POST /api/tasks/<taskId>/retry` → Retried
// - `GET /api/changes` → server-sent events, each with a State as its data
// - `GET /media/<key>` with ranges; `?download` gives it its real title as file name
//
// Where something is wrong: a status of 4xx or 5xx, and a Refused.

export type State = {
  /** Grows whenever something that is shown has changed; 0: nobody has looked into the bucket yet. */
  revision: number;
  /** Records that were read so far, and that there are. */
  read: number;
  of: number;
  /** The bucket does not answer just now: why, in words. */
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
  why: 'at-risk' | 'open' | 'failed' | 'quarantined';
  /** In words: what is wrong, and what to do. */
  reason: string | null;
  advice: string | null;
  /** Until the links die; null where nothing is open any more. */
  hoursLeft: number | null;
  /** When it is tried again by itself. */
  dueAt: string | null;
};

/** A line of the list. */
export type Row = {
  taskId: string;
  /** When it was first seen, an instant, and its UTC day `2026-11-20`. */
  at: string;
  day: string;
  provider: string;
  kind: string;
  status: TaskStatus;
  title: string | null;
  tags: string | null;
  labels: Record<string, string>;
  takes: Take[];
  /** Of so many files so many are stored. */
  files: number;
  stored: number;
  /** Bytes that have come of the large files that are on their way, and of how many. */
  progress: { bytes: number; ofBytes: number } | null;
  attention: Attention | null;
};

/** The newest first. */
export type ListedTasks = State & {
  /** All that match, by day in the order of the list: their lengths add up to `total`. */
  days: { day: string; count: number }[];
  total: number;
  from: number;
  rows: Row[];
  /** What there is to filter by, in all tasks. */
  kinds: string[];
};

/** The most urgent first; `total` where there are more than fit. */
export type NeedsAttention = State & {
  total: number;
  rows: Row[];
  /** Keys of records that cannot be read. */
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
  /** Of the last attempt, where it is not stored. */
  reason: string | null;
  progress: { bytes: number; ofBytes: number } | null;
};

export type TaskDetail = Row & {
  revision: number;
  /** Where the bucket is: `s3://<name>`, or its folder on this machine; a file of it is below. */
  bucket: string;
  /** Key of the record. */
  record: string;
  folder: string | null;
  assets: FileDetail[];
  /** Of each take by its trackId, or '' where it has none. */
  lyrics: Record<string, string>;
};

export type Retried = { sent: boolean; steps: string[] };
