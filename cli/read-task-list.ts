// Reads tasks from a CSV file whose header names `provider`, `kind` and `taskId`, in any order; other columns are
// ignored.
import { CsvError, parse } from 'csv-parse/sync';
import * as z from 'zod';
import { type ExpectedTask, expectedTask } from '../functions/domain/expected.ts';
import { taskKinds } from '../functions/domain/vocabulary.ts';

const columns = ['provider', 'kind', 'taskId'] as const;
/** More problems would only repeat these. */
const mostProblems = 10;

type TaskList = { tasks: ExpectedTask[] } | { problems: string[] };
/** `line`: where the row starts, counted from 1. */
type Row = { line: number; fields: string[] };

export function readTaskList(given: string): TaskList {
  const text = given.replace(/\r\n?/g, '\n');
  const rows = readRows(text);
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

function readRows(text: string): Row[] | { problem: string } {
  const [head = ''] = text.trimStart().split('\n', 1);
  const rows: Row[] = [];
  let linesRead = 0;
  try {
    parse(text, {
      // Spreadsheets in many European countries write semicolons.
      delimiter: [',', ';', '\t'].find((candidate) => head.includes(candidate)) ?? ',',
      record_delimiter: '\n',
      bom: true,
      trim: true,
      relax_column_count: true,
      relax_quotes: true,
      skip_empty_lines: true,
      skip_records_with_empty_values: true,
      on_record(fields: string[], { lines }) {
        // csv-parse reports the line where a row ends.
        rows.push({ line: lines - (fields.join('').split('\n').length - 1), fields });
        linesRead = lines;
      },
    });
    return rows;
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const left = text.split('\n').slice(linesRead);
    const line = linesRead + 1 + left.findIndex((one) => one.trim() !== '');
    const what =
      error.code === 'CSV_QUOTE_NOT_CLOSED' ? 'a quote is opened and never closed' : 'text follows a closing quote';
    return { problem: `line ${line}: ${what}; quote a field as "text", and a quote inside it as ""` };
  }
}

function readRow({ line, fields }: Row, places: readonly number[]): { task: ExpectedTask } | { problem: string } {
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
