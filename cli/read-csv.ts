// Reads the rows of a CSV file, as people and spreadsheets write them.
import { CsvError, parse } from 'csv-parse/sync';

/** `line`: where the row starts, counted from 1. */
export type CsvRow = { line: number; fields: string[] };

/** Empty lines are skipped. */
export function readCsvRows(given: string): CsvRow[] | { problem: string } {
  const text = given.replace(/\r\n?/g, '\n');
  const [head = ''] = text.trimStart().split('\n', 1);
  const rows: CsvRow[] = [];
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
