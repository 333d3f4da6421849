// Permanent lines and, on a terminal, some lines below them that are redrawn.

export type Terminal = {
  /** Whether lines can be redrawn. */
  moves: boolean;
  print: (...lines: readonly string[]) => void;
  /** Replaces the redrawn lines; does nothing if the output cannot be redrawn. */
  redraw: (lines: readonly string[]) => void;
};

type Output = { write: (text: string) => unknown };

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
