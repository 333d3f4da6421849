// Runs the program: from arguments to an exit code. All output passes through here, so that no title can act on a
// terminal.
import { CommanderError } from 'commander';
import { CommandError } from '../client/command-error.ts';
import { createProgress } from '../client/progress.ts';
import type { TargetChoice, TargetDefaults } from '../client/target/choose-target.ts';
import type { ChosenTarget } from '../client/target.ts';
import { createTerminal, plainText } from '../client/terminal.ts';
import type { AloneTools, CommandOutcome, CommandTools, CommandWork, RunAlone, RunCommand } from './command.ts';
import { createProgram } from './program.ts';

/** The process around the program. Results go to `out`, everything else to `err`. */
export type CommandLineWorld = Omit<TargetDefaults, 'cloudIn'> &
  Pick<AloneTools, 'cloudIn'> &
  Pick<CommandTools, 'now' | 'wait' | 'untilInterrupted' | 'env'> & {
    out: (text: string) => void;
    err: (text: string) => void;
    /** The properties of `err`: whether lines can be redrawn, and how wide it is. */
    screen: { moves: boolean; columns: number };
  };

export async function runCommandLine(args: readonly string[], world: CommandLineWorld): Promise<number> {
  let exitCode = 0;
  let complaint = '';
  const show = (outcome: CommandOutcome) => {
    world.out(isJson(args) ? `${jsonText(outcome.json)}\n` : shown(outcome.lines));
    exitCode = Math.max(exitCode, outcome.exitCode);
  };
  const work: RunCommand = async (work, choice) => {
    await perform(work, { ...program.opts<TargetChoice>(), ...choice }, world, show);
  };
  const workAlone: RunAlone = async (work) => {
    show(await work({ ...world, note: (line) => world.err(shown([line])) }));
  };
  const output = { writeOut: world.out, writeErr: (text: string) => (complaint += text) };
  const program = createProgram(work, workAlone, output);
  try {
    await program.parseAsync([...args], { from: 'user' });
    return exitCode;
  } catch (error) {
    // The user asked for help.
    if (error instanceof CommanderError && error.exitCode === 0) return 0;
    const isUsage = error instanceof CommanderError;
    const message = isUsage ? complaint.trim().replace(/^error: /, '') : messageIn(error);
    if (isJson(args)) world.out(`${jsonText({ error: message })}\n`);
    world.err(shown(message.split('\n')));
    return isUsage ? 2 : error instanceof CommandError ? error.exitCode : 1;
  }
}

/** Works also if the arguments are invalid. */
const isJson = (args: readonly string[]) => args.includes('--json');

/**
 * JSON for programs whose output may reach a terminal: control and direction characters are escaped, even where JSON
 * does not require it.
 */
function jsonText(value: unknown): string {
  return JSON.stringify(value, null, 2).replace(/(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, escaped);
}

function escaped(character: string): string {
  return character
    .split('')
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('');
}

const shown = (lines: readonly string[]) =>
  lines.map((line) => `${plainText(line, Number.POSITIVE_INFINITY)}\n`).join('');

type Show = (outcome: CommandOutcome) => void;

async function perform(work: CommandWork, choice: TargetChoice, world: CommandLineWorld, show: Show): Promise<void> {
  // Loads the AWS SDK, which not every command needs.
  const { chooseTarget } = await import('../client/target/choose-target.ts');
  const chosen = await chooseTarget(choice, world);
  const { screen, now } = world;
  const terminal = createTerminal({ write: world.err }, screen);
  const tools: CommandTools = {
    ...world,
    progress: createProgress({ terminal, columns: screen.columns, now }),
    adviceOn: (error) => explained(error, chosen).message,
  };
  terminal.print(plainText(`On ${chosen.name}`));
  try {
    const target = await chosen.open();
    try {
      const outcome = await work(target, tools);
      show(outcome);
      await outcome.keepRunning?.();
    } finally {
      target.close();
    }
  } catch (error) {
    terminal.redraw([]);
    throw explained(error, chosen);
  }
}

function explained(error: unknown, chosen: ChosenTarget): CommandError {
  return error instanceof CommandError ? error : new CommandError(chosen.adviceOn(error));
}

const messageIn = (error: unknown) => (error instanceof Error ? error.message : String(error));
