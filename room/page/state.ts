// The page's state: one signal for each thing that the page knows. A view that reads a signal is drawn again when it
// changes.
import { batch, signal } from '@preact/signals';
import type { NeedsAttention, TaskDetail, TaskRow, TaskState } from '../page-api.ts';
import type { Sizes } from './layout.ts';
import type { Listing } from './listing.ts';
import { noFilter, type PageRoute } from './route.ts';
import type { PlayableTrack } from './tracks.ts';

/** `detail` is null until the task has been read; `problem` says why the last reading failed. */
export type OpenTask = Readonly<{ taskId: string; detail: TaskDetail | null; problem: string | null }>;

/** A retry that the user asked for; `result` is empty while the request runs. */
export type Retry = Readonly<{ isRunning: boolean; result: string }>;

export const state = {
  route: signal<PageRoute>({ view: 'library', taskId: '', filter: noFilter }),

  /** Pushed by the server. */
  server: signal<TaskState | null>(null),
  isConnected: signal(true),

  listing: signal<Listing | null>(null),
  attention: signal<NeedsAttention | null>(null),
  openTask: signal<OpenTask | null>(null),
  /** By task id. */
  retries: signal<ReadonlyMap<string, Retry>>(new Map()),

  playing: signal<PlayableTrack | null>(null),
  isPlaying: signal(false),
  elapsedSeconds: signal(0),
  durationSeconds: signal(0),

  /** The list line that the keys act on, counted from 0 over the complete list. */
  line: signal(0),
  /** The line that gets the focus as soon as it is drawn. */
  lineToFocus: signal<number | null>(null),
  /** True from opening a task until its heading has the focus. */
  isHeadingToFocus: signal(false),
  /** The visible part of the list, in pixels. */
  viewport: signal<Readonly<{ top: number; height: number }>>({ top: 0, height: 0 }),
  sizes: signal<Sizes>({ row: 0, heading: 0 }),
  /** Whether a task fits beside the list. */
  isWide: signal(false),

  /** Shown at the bottom, and read out by screen readers. */
  announcement: signal(''),
};

/** Long enough to be read twice. */
const announcementMs = 8000;
let clearing = 0;

export function announce(text: string): void {
  clearTimeout(clearing);
  state.announcement.value = text;
  clearing = window.setTimeout(() => {
    state.announcement.value = '';
  }, announcementMs);
}

/** Makes a line the current one. The library scrolls to it and gives it the focus. */
export function goToLine(line: number): void {
  batch(() => {
    state.line.value = line;
    state.lineToFocus.value = line;
  });
}

/** A task's row, from any of the answers that are loaded. */
export function findRow(taskId: string): TaskRow | undefined {
  const detail = state.openTask.peek()?.detail;
  const listed = [...(state.listing.peek()?.pages.values() ?? [])].flat();
  const rows = [...(detail ? [detail] : []), ...listed, ...(state.attention.peek()?.rows ?? [])];
  return rows.find((row) => row.taskId === taskId);
}
