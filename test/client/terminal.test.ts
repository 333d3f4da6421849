import { describe, expect, it } from 'vitest';
import { createTerminal } from '../../client/terminal.ts';

function recordedTerminal({ moves }: { moves: boolean }) {
  const written: string[] = [];
  return { written, terminal: createTerminal({ write: (text) => written.push(text) }, { moves }) };
}

describe('createTerminal', () => {
  it('draws moving lines over the earlier ones', () => {
    const { written, terminal } = recordedTerminal({ moves: true });

    terminal.redraw(['one', 'two']);
    terminal.redraw(['three']);
    terminal.redraw([]);

    expect(written).toEqual(['one\ntwo\n', '\x1b[2A\x1b[Jthree\n', '\x1b[1A\x1b[J']);
  });

  it('puts lines that stay above the moving ones', () => {
    const { written, terminal } = recordedTerminal({ moves: true });

    terminal.redraw(['bar']);
    terminal.print('done', 'and done');

    expect(written.at(-1)).toBe('\x1b[1A\x1b[Jdone\nand done\nbar\n');
  });

  it('writes lines that stay, and nothing else, where nothing can be drawn over', () => {
    const { written, terminal } = recordedTerminal({ moves: false });

    terminal.redraw(['bar']);
    terminal.print('done');

    expect(written).toEqual(['done\n']);
  });
});
