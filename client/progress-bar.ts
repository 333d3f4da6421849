const eighths = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];

/** Always `columns` wide, and full only when the last byte is there. */
export function progressBar(done: number, total: number, columns: number): string {
  const share = total <= 0 ? 0 : Math.min(Math.max(done / total, 0), 1);
  const filled = Math.floor(share * columns * 8);
  const bar = '█'.repeat(Math.floor(filled / 8)) + (eighths[filled % 8] ?? '');
  return bar.padEnd(columns, '░');
}
