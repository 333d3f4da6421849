// Reads tasks from a CSV file whose header names `provider`, `kind` and `taskId`, in any order; other columns are
// ignored.
import * as z from 'zod';
import { type ExpectedTask, expectedTask } from '../functions/domain/expected.ts';
import { taskKinds } from '../functions/domain/vocabulary.ts';
import { type CsvRow, readCsvRows } from './read-csv.ts';

const columns = ['provider', 'kind', 'taskId'] as const;
/** More problems would only repeat these. */
const mostProblems = 10;

type TaskList = { tasks: ExpectedTask[] } | { problems: string[] };

export function readTaskList(given: string): TaskList {
  const rows = readCsvRows(given);
  if ('problem' in rows) return { problems: [rows.problem] };
  const [header, ...others] = rows;
  const names = header?.fields.map((name) => name.trim().toLowerCase()) ?? [];
  const places = columns.map((column) => names.indexOf(column.toLowerCase()));
  const missing = columns.filter((_, index) => places[index] === -1);
  if (missing.length > 0) {
    return {
      problems: [
        `line ${header?.line ?? 1}: the header must name ${columns.join(', ')}; ${missing.join(', ')} missing`,
      ],
    };
  }
  const read = others.map((row) => readRow(row, places));
  const problems = read.flatMap((result) => ('problem' in result ? [result.problem] : []));
  if (problems.length > mostProblems) {
    return { problems: [...problems.slice(0, mostProblems), `… and ${problems.length - mostProblems} more`] };
  }
  if (problems.length > 0) return { problems };
  return { tasks: distinct(read.flatMap((result) => ('task' in result ? [result.task] : []))) };
}

function readRow({ line, fields }: CsvRow, places: readonly number[]): { task: ExpectedTask } | { problem: string } {
  const [provider = '', kind = '', taskId = ''] = places.map((place) => fields[place]?.trim());
  const read = readListedTask({ provider, kind, taskId });
  return 'problem' in read ? { problem: `line ${line}: ${read.problem}` } : read;
}

/** One task, as typed or from a row. */
export function readListedTask(
  given: Record<(typeof columns)[number], string>,
): { task: ExpectedTask } | { problem: string } {
  const parsed = z.safeParse(expectedTask, given);
  if (parsed.success) return { task: parsed.data };
  const wrong = columns.find((column) => parsed.error.issues.some(({ path }) => path[0] === column)) ?? 'taskId';
  const said = given[wrong] === '' ? 'nothing' : JSON.stringify(given[wrong].slice(0, 80));
  return { problem: `${wrong} must be ${wanted[wrong]}, and is ${said}` };
}

const wanted = {
  provider: 'sunoapi.org or kie.ai',
  kind: `one of ${taskKinds.join(', ')}`,
  taskId: 'the id that the provider gave the task, of up to 512 bytes',
};

function distinct(tasks: readonly ExpectedTask[]): ExpectedTask[] {
  return [...new Map(tasks.map((task) => [`${task.provider} ${task.kind} ${task.taskId}`, task])).values()];
}
