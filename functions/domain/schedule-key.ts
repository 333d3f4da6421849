// A marker says that a task is due: an empty object `schedule/<dueAt>/<task>`. Keys sort by time, so what is due comes first.

/** `dueAt`: ISO 8601 in UTC, whole seconds. `task`: the task's id as it stands in keys. */
export type Marker = { dueAt: string; task: string };

export const scheduleFolder = 'schedule/';

/** Basic ISO 8601, without colons, which some file systems refuse: `schedule/20261120T180411Z/2fac5d0e…`. */
export function scheduleKey({ dueAt, task }: Marker): string {
  return `${scheduleFolder}${dueAt.replace(/[-:]|\.\d+/g, '')}/${task}`;
}

/** Undefined where the key is no marker's: somebody else put it there. */
export function markerOf(key: string): Marker | undefined {
  const found = /^schedule\/(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z\/([A-Za-z0-9._-]{1,128})$/.exec(key);
  if (found === null) return undefined;
  const [, year, month, day, hour, minute, second, task = ''] = found;
  const time = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  if (Number.isNaN(time) || /^\.+$/.test(task)) return undefined;
  const marker = { dueAt: new Date(time).toISOString(), task };
  // There is no 31 February: it would be read as another day, and its own key never be removed.
  return scheduleKey(marker) === key ? marker : undefined;
}

/** A marker's time: the next whole second, so that nobody looks too early. */
export function markerTime(at: Date | string | number): string {
  return new Date(Math.ceil(new Date(at).getTime() / 1000) * 1000).toISOString();
}
