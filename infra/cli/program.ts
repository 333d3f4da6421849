import { Command, Option } from 'commander';
import type { AddCommand, Run } from './command.ts';
import { addBrowse } from './commands/browse.ts';
import { addDoctor } from './commands/doctor.ts';
import { addExpect } from './commands/expect.ts';
import { addExport } from './commands/export.ts';
import { addRecover } from './commands/recover.ts';
import { addRedrive } from './commands/redrive.ts';
import { addReplay } from './commands/replay.ts';
import { addRetry } from './commands/retry.ts';
import { addStatus } from './commands/status.ts';
import { addVerify } from './commands/verify.ts';

const commands: readonly AddCommand[] = [
  addStatus,
  addBrowse,
  addExpect,
  addRetry,
  addReplay,
  addRedrive,
  addExport,
  addVerify,
  addDoctor,
  addRecover,
];

const exitCodes = `
Exit codes: 0 done, 1 something is wrong, 2 the command was not understood.
Every command may be run again at any time; what is done already stays as it is.`;

/** Commander's own words go where the caller says; it never ends the process. */
type Output = { writeOut(text: string): void; writeErr(text: string): void };

export function createProgram(run: Run, output: Output): Command {
  const program = new Command('trackkeeper')
    .description('Looks after a deployment of Trackkeeper: the stack in AWS, or the one on this machine.')
    .addOption(new Option('--stack <name>', 'the stack to work on (default: Trackkeeper)'))
    .addOption(new Option('--region <region>', 'its region (default: that of your AWS configuration)'))
    .addOption(new Option('--local [folder]', 'the local deployment that runs on this data folder (default: ./.local)'))
    .option('--json', 'the answer as JSON on standard output, also of errors')
    .addHelpText('after', exitCodes)
    .configureHelp({ showGlobalOptions: true })
    .configureOutput(output)
    .showHelpAfterError('--help says what there is.')
    .exitOverride();
  for (const add of commands) add(program, run);
  return program;
}
