import type { Readable } from 'node:stream';

/** A longer line is passed on in pieces, so that a program that never ends its line cannot fill the memory. */
const maxLineLength = 1024 * 1024;

/** Deliberately not node:readline: it also splits at U+2028, which JSON leaves unescaped inside strings. */
export function onEachLine(stream: Readable, onLine: (line: string) => void): void {
  let rest = '';
  stream.setEncoding('utf8');
  stream.on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > maxLineLength) {
      lines.push(rest);
      rest = '';
    }
    for (const line of lines) onLine(line);
  });
  stream.on('end', () => {
    if (rest !== '') onLine(rest);
  });
}
