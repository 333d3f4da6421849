import type { Command } from 'commander';
import { CommandError } from '../client/command-error.ts';
import type { StartProgress } from '../client/progress.ts';
import type { RotationCloud } from '../client/rotation.ts';
import type { TargetChoice } from '../client/target/choose-target.ts';
import type { Target } from '../client/target.ts';
import { wrap } from '../client/terminal.ts';

/** The width at which commander wraps, too, unless the terminal is narrower. */
const columns = 80;

/** The end of a command's help; each paragraph starts on a new line. */
export const helpNote = (...paragraphs: string[]) =>
  `\n${paragraphs.flatMap((paragraph) => wrap(paragraph, columns)).join('\n')}`;

/** Ages are relative to the start of the command. */
export type StartOfPeriod = (now: Date) => Date;

const unitMs: Record<string, number> = { m: 60_000, h: 3_600_000, d: 86_400_000 };

/**
 * Parses a day (`2026-11-20`, from its start in UTC), an instant (`2026-11-20T18:00:00Z`) or an age (`36h`, `14d`).
 * @throws CommandError if it is none of them
 */
export function parseSince(text: string): StartOfPeriod {
  const [, amount, unit = ''] = /^(\d{1,6})([mhd])$/.exec(text) ?? [];
  if (amount !== undefined) return (now) => new Date(now.getTime() - Number(amount) * (unitMs[unit] ?? 0));
  const isInstant = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d))?$/.test(text);
  const time = isInstant ? Date.parse(text) : Number.NaN;
  if (!Number.isNaN(time)) return () => new Date(time);
  throw new CommandError(
    `--since ${text} is no date: give a day (2026-11-20), an instant with its zone (2026-11-20T18:00:00Z), ` +
      'or how long ago (36h, 14d).',
    2,
  );
}

/** The result of a command. `exitCode` 1: it did what it could, and something is wrong. */
export type CommandOutcome = {
  exitCode: 0 | 1;
  json: unknown;
  lines: readonly string[];
  /** Runs after the outcome was shown, as a server does; the command ends when it resolves. */
  keepRunning?: () => Promise<void>;
};

/** The tools of a command besides its target. */
export type CommandTools = {
  now(): Date;
  /** Resolves after `ms`, or early when the signal aborts. */
  wait(ms: number, signal?: AbortSignal): Promise<void>;
  /** From now on the first Ctrl-C aborts this signal; a second one ends the process. */
  untilInterrupted(): AbortSignal;
  progress: StartProgress;
  env: Readonly<Record<string, string | undefined>>;
  /** Explains an error of the target and what its owner can do. */
  adviceOn(error: unknown): string;
};

export type CommandWork = (target: Target, tools: CommandTools) => Promise<CommandOutcome>;

/** Opens the chosen target, does the work and shows its outcome. `choice`: from the command's own options. */
export type RunCommand = (work: CommandWork, choice?: TargetChoice) => Promise<void>;

/** The tools of a command that opens no target. */
export type AloneTools = Pick<CommandTools, 'wait' | 'env'> & {
  cloudIn(region: string | undefined): RotationCloud;
  /** Shows a line beside the answer, on standard error. */
  note(line: string): void;
};

/** Does work that needs no open target, and shows its outcome. */
export type RunAlone = (work: (tools: AloneTools) => Promise<CommandOutcome>) => Promise<void>;

/** Adds one command to the program. */
export type AddCommand = (program: Command, run: RunCommand, runAlone: RunAlone) => void;
