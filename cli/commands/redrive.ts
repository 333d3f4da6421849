import { CommandError } from '../../client/command-error.ts';
import type { ProgressLine } from '../../client/progress.ts';
import type { DeadLetters, RedriveMove } from '../../client/target.ts';
import { type AddCommand, type CommandWork, helpNote } from '../command.ts';

export const addRedrive: AddCommand = (program, run) => {
  program
    .command('redrive')
    .description('Moves all messages from the dead-letter queue back to their source queues.')
    .addHelpText(
      'after',
      helpNote(
        'Fix the cause first; otherwise they return to the dead-letter queue.',
        'Exit code 1: not all messages could be moved.',
      ),
    )
    .action(() => run(redriveAll));
};

const redriveAll: CommandWork = async ({ deadLetters }, { wait, progress }) => {
  const shown = progress('Moving messages');
  const moved = await redrive({ deadLetters, wait, shown });
  shown.end();
  const words = moved === 1 ? '1 message is back in its queue.' : `${moved} messages are back in their queues.`;
  return { exitCode: 0, json: { moved }, lines: [moved === 0 ? 'The dead-letter queue is empty.' : words] };
};

type Deps = { deadLetters: DeadLetters; wait(ms: number): Promise<void>; shown: ProgressLine };

/** SQS moves hundreds of messages a second; no progress for this long means that something is wrong. */
const patienceMs = 5 * 60_000;

const lookEveryMs = 1_000;

/**
 * @returns the number of messages that were moved back to their source queues; a move that is already running is
 * followed to its end
 */
export async function redrive({ deadLetters, wait, shown }: Deps): Promise<number> {
  const before = await deadLetters.lastMove();
  const isUnderWay = before?.isRunning === true;
  if (!isUnderWay) {
    if ((await deadLetters.count()) === 0) return 0;
    await deadLetters.startMove();
  }
  for (let moved = -1, waitedMs = 0; waitedMs < patienceMs; waitedMs += lookEveryMs) {
    const move = await deadLetters.lastMove();
    // SQS may need a moment to list the new move.
    if (move !== undefined && (isUnderWay || move.startedAt !== before?.startedAt)) {
      shown.update(move.moved, move.toMove ?? undefined);
      if (!move.isRunning) return ended(move);
      if (move.moved > moved) [moved, waitedMs] = [move.moved, 0];
    }
    await wait(lookEveryMs);
  }
  throw new CommandError(
    `SQS has moved nothing for ${patienceMs / 60_000} minutes. The move continues by itself: run redrive again to follow it.`,
  );
}

function ended({ moved, failure }: RedriveMove): number {
  if (failure === null) return moved;
  throw new CommandError(
    `SQS moved ${moved} messages and stopped: ${failure}. The rest is still in the dead-letter queue; ` +
      '`trackkeeper replay --since <date>` processes the callbacks without it.',
  );
}
