// All that the page knows.
import type { NeedsAttention, Take, TaskDetail, TaskRow, TaskState } from '../page-api.ts';
import type { Listing } from './listing.ts';
import type { Filter, Place } from './place.ts';
import { spoken } from './wording.ts';

/** A take that can be heard, and the list that it is played from. */
export type Track = Readonly<{
  taskId: string;
  /** Which of the task's takes. */
  take: number;
  key: string;
  title: string;
  tags: string;
  cover: string | null;
  filter: Filter;
}>;

export type OpenTask = { taskId: string; detail: TaskDetail | null; problem: string | null };

/** Of retrying a task: what has come of it. */
export type Retry = { isUnderWay: boolean; words: string };

export type Room = {
  place: Place;
  health: TaskState | null;
  isConnected: boolean;
  /** Whether the list and a task have room next to each other. */
  isWide: boolean;
  listing: Listing | null;
  attention: NeedsAttention | null;
  open: OpenTask | null;
  /** By taskId. */
  retries: ReadonlyMap<string, Retry>;
  playing: Track | null;
  isPlaying: boolean;
  /** The line that the keys are at, by its place in the list. */
  line: number;
  /** Of the list, in pixels: what of it is to be seen. */
  window: Readonly<{ top: number; height: number }>;
};

/** What is being played, and whether it is heard. */
export type Heard = { track: Track | null; isPlaying: boolean };
export const heardIn = ({ playing, isPlaying }: Room): Heard => ({ track: playing, isPlaying });

/** What is known of a task, wherever it was told of. */
export function findRow({ listing, attention, open }: Room, taskId: string): TaskRow | undefined {
  const listed = [...(listing?.pages.values() ?? [])].flat();
  const told = [...(open?.detail ? [open.detail] : []), ...listed, ...(attention?.rows ?? [])];
  return told.find((row) => row.taskId === taskId);
}

export function trackOf(row: TaskRow, take: number, filter: Filter): Track | undefined {
  const found = row.takes[take];
  if (!found?.audio) return undefined;
  return {
    taskId: row.taskId,
    take,
    key: found.audio,
    title: takeTitle(row, found),
    tags: row.tags ?? '',
    cover: found.cover,
    filter,
  };
}

/** A file that is alone in its task is called as the task is. */
export const takeTitle = (row: TaskRow, take: Take) => (row.takes.length > 1 && take.title ? take.title : titleOf(row));

/** As much of a task's id as tells it from the others at a glance. */
const shortId = 8;

/** A video or a WAV has no title of its own. */
export const titleOf = ({ title, kind, taskId }: TaskRow) =>
  title || `${kind === 'unknown' ? 'Task' : spoken(kind)} ${taskId.slice(0, shortId)}`;
