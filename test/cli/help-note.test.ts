import { expect, test } from 'vitest';
import { createProgram } from '../../cli/program.ts';

const program = createProgram(
  async () => {},
  async () => {},
  { writeOut: () => {}, writeErr: () => {} },
);

test.each(program.commands.map((command) => [command.name(), command] as const))(
  'no line of the help of %s is wider than a terminal',
  async (_, command) => {
    let help = '';
    command.configureOutput({ writeOut: (text) => (help += text), getOutHelpWidth: () => 80 });
    command.outputHelp();

    expect(help).toContain('Usage: trackkeeper ');
    expect(help.split('\n').filter((line) => line.length > 80)).toEqual([]);
  },
);
