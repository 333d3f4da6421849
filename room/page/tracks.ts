// Tracks: the takes of a task that can be played, and their titles.
import type { Take, TaskRow } from '../page-api.ts';
import type { Filter } from './route.ts';
import { capitalised } from './wording.ts';

/** A take with audio, and the filter of the list that it is played from. */
export type PlayableTrack = Readonly<{
  taskId: string;
  /** Index among the task's takes. */
  take: number;
  key: string;
  title: string;
  tags: string;
  cover: string | null;
  filter: Filter;
}>;

/** Characters of a task id that are enough to recognise it. */
const shortId = 8;

/** Videos and WAV files have no title of their own. */
export const titleOf = ({ title, kind, taskId }: TaskRow) =>
  title || `${kind === 'unknown' ? 'Task' : capitalised(kind)} ${taskId.slice(0, shortId)}`;

/** The only take of a task has the task's title. */
export const takeTitle = (row: TaskRow, take: Take) => (row.takes.length > 1 && take.title ? take.title : titleOf(row));

export function trackOf(row: TaskRow, take: number, filter: Filter): PlayableTrack | undefined {
  const found = row.takes[take];
  if (!found?.audio) return undefined;
  const title = takeTitle(row, found);
  return { taskId: row.taskId, take, key: found.audio, title, tags: row.tags ?? '', cover: found.cover, filter };
}

export const tracksOf = (row: TaskRow, filter: Filter): PlayableTrack[] =>
  row.takes.map((_, take) => trackOf(row, take, filter)).filter((track) => track !== undefined);
