import { expect, test } from 'vitest';
import { createProgram } from '../../cli/program.ts';

async function complaintAbout(...args: string[]) {
  let said = '';
  const program = createProgram(
    async () => {},
    async () => {},
    { writeOut: () => {}, writeErr: (text) => (said += text) },
  );
  await program.parseAsync(args, { from: 'user' }).catch(() => {});
  return said;
}

test.each([[['stats']], [['status', '--jsno']], [['dismiss']]])('%j gets a pointer to the help', async (args) => {
  expect(await complaintAbout(...args)).toMatch(/^error: .*\n--help lists the commands and options\.\n$/s);
});
