/** What a command has to say in the end. `exitCode` 1: it did what it could, and something is wrong. */
export type Outcome = {
  exitCode: 0 | 1;
  json: unknown;
  lines: readonly string[];
  /** Runs after the outcome was shown, as a server does; the command ends when it resolves. */
  keepRunning?: () => Promise<void>;
};

/** Ends a command with words that tell its owner what to do. 1: something is wrong; 2: it was not understood. */
export class CommandError extends Error {
  override name = 'CommandError';
  readonly exitCode: 1 | 2;

  constructor(message: string, exitCode: 1 | 2 = 1) {
    super(message);
    this.exitCode = exitCode;
  }
}
