import type { Command } from 'commander';
import type { Outcome } from './outcome.ts';
import type { StartProgress } from './screen/progress.ts';
import type { Target } from './target.ts';

/** What a command works with besides its target. */
export type Tools = {
  now(): Date;
  wait(ms: number): Promise<void>;
  progress: StartProgress;
  env: Readonly<Record<string, string | undefined>>;
};
export type Work = (target: Target, tools: Tools) => Promise<Outcome>;
/** Opens the target that was chosen, does the work, and shows what came of it. */
export type Run = (work: Work) => Promise<void>;
/** Adds one command to the program. */
export type AddCommand = (program: Command, run: Run) => void;
