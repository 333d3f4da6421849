export const begin = '<!-- bench:begin -->';
export const end = '<!-- bench:end -->';

/** Replaces the text between the markers; undefined if they are missing. */
export function writeBetween(text: string, replacement: string): string | undefined {
  const from = text.indexOf(begin);
  const to = text.indexOf(end, from);
  if (from < 0 || to < 0) return undefined;
  return `${text.slice(0, from + begin.length)}\n${replacement.trim()}\n${text.slice(to)}`;
}
