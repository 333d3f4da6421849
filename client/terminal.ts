// Permanent lines and, on a terminal, some lines below them that are redrawn.
import { styleText } from 'node:util';

type Output = { write: (text: string) => unknown };

export type Terminal = {
  /** Whether lines can be redrawn. */
  moves: boolean;
  print: (...lines: readonly string[]) => void;
  /** Replaces the redrawn lines; does nothing if the output cannot be redrawn. */
  redraw: (lines: readonly string[]) => void;
};

export function createTerminal(output: Output, { moves }: { moves: boolean }): Terminal {
  let moving: readonly string[] = [];
  const erase = () => (moving.length === 0 ? '' : `\x1b[${moving.length}A\x1b[J`);
  const joined = (lines: readonly string[]) => lines.map((line) => `${line}\n`).join('');
  return {
    moves,
    print: (...lines) => {
      output.write(erase() + joined(lines) + joined(moving));
    },
    redraw: (lines) => {
      if (!moves) return;
      // One write, to avoid flicker.
      output.write(erase() + joined(lines));
      moving = lines;
    },
  };
}

const eighths = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];

/** Always `columns` wide, and full only when the last byte is there. */
export function progressBar(done: number, total: number, columns: number): string {
  const share = total <= 0 ? 0 : Math.min(Math.max(done / total, 0), 1);
  const filled = Math.floor(share * columns * 8);
  const bar = '█'.repeat(Math.floor(filled / 8)) + (eighths[filled % 8] ?? '');
  return bar.padEnd(columns, '░');
}

export type Paint = (style: 'bold' | 'dim' | 'green' | 'red' | 'cyan', text: string) => string;

export const unpainted: Paint = (_style, text) => text;

/** Always colours: the caller decides whether to use it. */
export const coloured: Paint = (style, text) => styleText(style, text, { validateStream: false });

/** Sizes as file managers show them: powers of a thousand. */
export function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  if (bytes < 999_500) return `${(bytes / 1000).toFixed(bytes < 9_950 ? 1 : 0)} kB`;
  if (bytes < 999_950_000) return `${(bytes / 1_000_000).toFixed(1)} MB`;
  return `${(bytes / 1_000_000_000).toFixed(1)} GB`;
}

export function formatSeconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}

/** Wraps words into lines of at most `columns`; a longer word has a line of its own. */
export function wrap(text: string, columns: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(/\s+/).filter((part) => part !== '')) {
    const longer = lines.length === 0 ? word : `${lines.at(-1)} ${word}`;
    if (lines.length > 0 && longer.length <= columns) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}

/**
 * Makes text from outside safe for a terminal: without control, direction or line-breaking characters, and at most
 * `most` characters long.
 */
export function plainText(text: string, most = 200): string {
  const plain = Array.from(text.toWellFormed().replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, ''));
  return plain.length <= most ? plain.join('') : `${plain.slice(0, most - 1).join('')}…`;
}
