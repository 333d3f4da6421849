import { Command, Option } from 'commander';
import type { AddCommand, RunAlone, RunCommand } from './command.ts';
import { addAdopt } from './commands/adopt.ts';
import { addBrowse } from './commands/browse.ts';
import { addDemo } from './commands/demo.ts';
import { addDismiss } from './commands/dismiss.ts';
import { addDoctor } from './commands/doctor.ts';
import { addExpect } from './commands/expect.ts';
import { addExport } from './commands/export.ts';
import { addHeal } from './commands/heal.ts';
import { addRecover } from './commands/recover.ts';
import { addRedrive } from './commands/redrive.ts';
import { addReplay } from './commands/replay.ts';
import { addRetry } from './commands/retry.ts';
import { addRotateToken } from './commands/rotate-token.ts';
import { addStart } from './commands/start.ts';
import { addStatus } from './commands/status.ts';
import { addUrl } from './commands/url.ts';
import { addVerify } from './commands/verify.ts';

/** By the heading under which the help lists them. */
const commands: Readonly<Record<string, readonly AddCommand[]>> = {
  'On this machine:': [addDemo, addStart],
  'The callback URL:': [addUrl, addRotateToken],
  'Look and listen:': [addStatus, addBrowse, addExport],
  'Announce, retry and recover:': [
    addExpect,
    addRetry,
    addDismiss,
    addHeal,
    addAdopt,
    addReplay,
    addRedrive,
    addRecover,
  ],
  'Check:': [addDoctor, addVerify],
};

/** Commands that start their own deployment, so that no option chooses one. */
const withoutTarget = ['demo', 'start'];

const exitCodes = `
Exit codes: 0 done, 1 something is wrong, 2 the command was not understood.
Every command may be run again at any time; finished work is not repeated.
trackkeeper <command> --help shows the options of a command.`;

/** Receives commander's output; commander never ends the process. */
type Output = { writeOut(text: string): void; writeErr(text: string): void };

export function createProgram(run: RunCommand, runAlone: RunAlone, output: Output): Command {
  const program = new Command('trackkeeper')
    .description(
      'Trackkeeper from the command line: runs it on this machine, and looks after a deployment here or in AWS.',
    )
    .addOption(new Option('--stack <name>', 'the stack to work on (default: Trackkeeper)'))
    .addOption(new Option('--region <region>', 'its region (default: that of your AWS configuration)'))
    .addOption(new Option('--local [folder]', 'the local deployment that runs on this data folder (default: ./.local)'))
    .option('--json', 'print the answer, or the error, as JSON on standard output')
    .addHelpText('after', exitCodes)
    .configureHelp({ showGlobalOptions: true, subcommandTerm: (command) => command.name() })
    .configureOutput(output)
    .showHelpAfterError('--help lists the commands and options.')
    .exitOverride();
  for (const [group, adds] of Object.entries(commands)) {
    program.commandsGroup(group);
    for (const add of adds) add(program, run, runAlone);
  }
  program.commandsGroup('Help:').helpCommand('help [command]', 'Shows the help of a command.');
  for (const command of program.commands.filter((one) => withoutTarget.includes(one.name()))) {
    command.configureHelp({ showGlobalOptions: false }).hook('preAction', () => refuseOptionsOf(program, command));
  }
  return program;
}

function refuseOptionsOf(program: Command, command: Command): void {
  const given = program.options.find((option) => program.getOptionValueSource(option.attributeName()) === 'cli');
  if (given === undefined) return;
  command.error(`error: '${command.name()}' takes no ${given.long}: it starts a deployment of its own on this machine`);
}
