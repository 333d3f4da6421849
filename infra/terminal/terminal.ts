// Lines that stay, and below them, on a terminal, a few that are drawn over again and again.

export type Terminal = {
  /** Whether lines can be drawn over. */
  moves: boolean;
  print: (...lines: readonly string[]) => void;
  /** Replaces the moving lines; does nothing where the output cannot be drawn over. */
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
      // One write, so that nothing flickers.
      output.write(erase() + joined(lines));
      moving = lines;
    },
  };
}
