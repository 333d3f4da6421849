// What is played after a track, and what before it: the list as it was filtered when one began to listen, take after take.
import type { TaskRow } from '../page-api.ts';
import type { ListTasks } from './api.ts';
import { type Track, trackOf } from './room.ts';

/** At a time, and how often: further away than a thousand tasks without a sound nothing is looked for. */
const rowsAtOnce = 50;
const mostLooks = 20;

const isSame = (one: Track, other: Track) => one.taskId === other.taskId && one.take === other.take;

export const tracksOf = (row: TaskRow, filter: Track['filter']): Track[] =>
  row.takes.map((_, take) => trackOf(row, take, filter)).filter((track) => track !== undefined);

/** `step`: 1 for the next, -1 for the previous. Undefined at the end of the list, or where the task is not in it. */
export async function neighbour(track: Track, step: 1 | -1, own: TaskRow | undefined, listTasks: ListTasks) {
  const besides = own && beside(tracksOf(own, track.filter), track, step);
  if (besides !== undefined) return besides;

  const here = await listTasks(track.filter, { at: track.taskId, count: 1 });
  if (here.rows[0]?.taskId !== track.taskId) return undefined;
  let from = here.from + 1;
  let to = here.from;
  for (let look = 0; look < mostLooks; look++) {
    // On to the end, or back to the beginning, a stretch at a time.
    const start = step === 1 ? from : Math.max(0, to - rowsAtOnce);
    const count = step === 1 ? rowsAtOnce : to - start;
    if (count === 0) return undefined;
    const { rows } = await listTasks(track.filter, { from: start, count });
    const found = rows.flatMap((row) => tracksOf(row, track.filter)).at(step === 1 ? 0 : -1);
    if (found !== undefined || rows.length === 0) return found;
    from = start + rows.length;
    to = start;
  }
  return undefined;
}

function beside(tracks: readonly Track[], track: Track, step: 1 | -1): Track | undefined {
  const at = tracks.findIndex((one) => isSame(one, track));
  return at === -1 ? undefined : tracks[at + step];
}
