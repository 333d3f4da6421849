import { type Answer, jsonAnswer, refusal } from '../answer.ts';
import type { ListedTasks, Row, State, TaskStatus } from '../page-api.ts';
import type { Entry } from './entry.ts';
import { daysOf, search, wordsOf } from './search.ts';

/** The maximum number of rows in one response; a screen shows a tenth of it. */
const maxCount = 200;
const usualCount = 100;

const statuses: readonly TaskStatus[] = ['waiting', 'archiving', 'archived', 'failed'];

type Known = { entries: readonly Entry[]; state: State; row: (entry: Entry) => Row };

/** The part of the list that the query selects: see page-api.ts. */
export function listedTasks(query: URLSearchParams, { entries, state, row }: Known): Answer {
  const wanted = query.get('status') || null;
  const status = statuses.find((each) => each === wanted) ?? null;
  if (status !== wanted) return refusal(400, `A status is one of ${statuses.join(', ')}.`);
  const [from, count] = [numberIn(query, 'from', 0), numberIn(query, 'count', usualCount)];
  if (from === undefined || count === undefined) return refusal(400, 'From and count are whole numbers.');

  const kind = query.get('kind') || null;
  const found = search(entries, { words: wordsOf(query.get('q') ?? ''), status, kind });
  const start = startIn(found, query.get('at')) ?? from;
  return jsonAnswer({
    ...state,
    days: daysOf(found),
    total: found.length,
    from: start,
    rows: found.slice(start, start + Math.min(count, maxCount)).map(row),
    kinds: [...new Set(entries.map(({ line }) => line.kind))].sort(),
  } satisfies ListedTasks);
}

/** An index beyond the end if the task is not in the list. */
function startIn(found: readonly Entry[], taskId: string | null): number | undefined {
  if (taskId === null) return undefined;
  const at = found.findIndex(({ line }) => line.taskId === taskId);
  return at < 0 ? found.length : at;
}

function numberIn(query: URLSearchParams, name: string, usual: number): number | undefined {
  const text = query.get(name) ?? String(usual);
  return /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}
