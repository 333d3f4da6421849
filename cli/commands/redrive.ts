import type { AddCommand, Work } from '../command.ts';
import { helpNote } from '../help-note.ts';
import { redrive } from '../redrive/redrive.ts';

export const addRedrive: AddCommand = (program, run) => {
  program
    .command('redrive')
    .description('Moves everything from the dead-letter queue back to the queues that it came from.')
    .addHelpText(
      'after',
      helpNote('First mend what brought the messages there; else they come back.', 'Exit code 1: not all went.'),
    )
    .action(() => run(redriveAll));
};

const redriveAll: Work = async ({ deadLetters }, { wait, progress }) => {
  const shown = progress('Moving messages');
  const moved = await redrive({ deadLetters, wait, shown });
  shown.end();
  const words = moved === 1 ? '1 message is back in its queue.' : `${moved} messages are back in their queues.`;
  return { exitCode: 0, json: { moved }, lines: [moved === 0 ? 'The dead-letter queue is empty.' : words] };
};
