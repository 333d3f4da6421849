export const nothing = '–';
export const ratio = (value = Number.NaN) => (Number.isNaN(value) ? nothing : value.toFixed(2));

/** A Markdown table that is readable in a terminal. The first columns are text, the others numbers. */
export function markdownTable(header: readonly string[], rows: readonly (readonly string[])[], words: number): string {
  const cells = [header, ...rows].map((row) => row.map((cell) => cell.replaceAll('|', '\\|')));
  const widths = header.map((_, column) => Math.max(3, ...cells.map((row) => row[column]?.length ?? 0)));
  const isWord = (column: number) => column < words;
  const line = (row: readonly string[]) => {
    const padded = widths.map((width, column) => {
      const cell = row[column] ?? '';
      return isWord(column) ? cell.padEnd(width) : cell.padStart(width);
    });
    return `| ${padded.join(' | ')} |`;
  };
  const [first = [], ...others] = cells;
  const rule = widths.map((width, column) => (isWord(column) ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`));
  return [line(first), line(rule), ...others.map(line)].join('\n');
}
