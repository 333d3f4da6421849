// Keys of markers. A marker says that a task is due: an empty object `schedule/<dueAt>/<task>`. Keys sort by time, so
// due tasks are listed first.

/** `dueAt`: ISO 8601 in UTC, whole seconds. `task`: the task's id as in keys. */
export type Marker = { dueAt: string; task: string };

export const scheduleFolder = 'schedule/';

/** Basic ISO 8601, without colons, which some file systems refuse: `schedule/20261120T180411Z/2fac5d0e…`. */
export function scheduleKey({ dueAt, task }: Marker): string {
  return `${scheduleFolder}${dueAt.replace(/[-:]|\.\d+/g, '')}/${task}`;
}

/** Undefined if the key is no marker of this project. */
export function markerOf(key: string): Marker | undefined {
  const found = /^schedule\/(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z\/([A-Za-z0-9._-]{1,128})$/.exec(key);
  if (found === null) return undefined;
  const [, year, month, day, hour, minute, second, task = ''] = found;
  const time = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  if (Number.isNaN(time) || /^\.+$/.test(task)) return undefined;
  const marker = { dueAt: new Date(time).toISOString(), task };
  // `Date.parse` reads 31 February as 3 March: its marker would have another key, and this one could never be removed.
  return scheduleKey(marker) === key ? marker : undefined;
}

/** Rounded up to a full second, so that no marker is due before its task. */
export function markerTime(at: Date | string | number): string {
  return new Date(Math.ceil(new Date(at).getTime() / 1000) * 1000).toISOString();
}
