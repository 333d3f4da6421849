import type { Command } from 'commander';
import type { StartProgress } from '../client/progress.ts';
import type { RotationCloud } from '../client/rotation.ts';
import type { Choice } from '../client/target/choose-target.ts';
import type { Target } from '../client/target.ts';
import type { Outcome } from './outcome.ts';

/** What a command works with besides its target. */
export type Tools = {
  now(): Date;
  /** Over at once, and without an error, when the signal ends it. */
  wait(ms: number, signal?: AbortSignal): Promise<void>;
  /** From now on Ctrl-C ends what goes by this signal, and not the process; a second one does. */
  untilInterrupted(): AbortSignal;
  progress: StartProgress;
  env: Readonly<Record<string, string | undefined>>;
  /** What went wrong with the target, in words that tell its owner what to do. */
  adviceOn(error: unknown): string;
};
export type Work = (target: Target, tools: Tools) => Promise<Outcome>;
/** Opens the target that was chosen, does the work, and shows what came of it. `choice`: what the command's own options say. */
export type Run = (work: Work, choice?: Choice) => Promise<void>;

/** The tools of a command that opens no target. */
export type AloneTools = Pick<Tools, 'wait' | 'env'> & {
  cloudIn(region: string | undefined): RotationCloud;
  /** Shows a line beside the answer, on standard error. */
  note(line: string): void;
};
/** Does work that needs no open target, and shows its outcome. */
export type RunAlone = (work: (tools: AloneTools) => Promise<Outcome>) => Promise<void>;

/** Adds one command to the program. */
export type AddCommand = (program: Command, run: Run, runAlone: RunAlone) => void;
