import { Option } from 'commander';
import { forEachConcurrent } from '../../functions/domain/concurrency.ts';
import type { AddCommand, Work } from '../command.ts';
import { helpNote } from '../help-note.ts';
import { CommandError } from '../outcome.ts';
import { createReadMessage, keptCallbacks, type Selection } from '../replay/callbacks.ts';
import { parseSince } from '../since.ts';

const messagesAtOnce = 8;

type Given = { task?: string; since?: string; unrecognised?: true };

export const addReplay: AddCommand = (program, run) => {
  program
    .command('replay')
    .description('Sends callbacks that were kept through the same code once more.')
    .addOption(new Option('--task <taskId>', 'those of one task, by its whole id').conflicts(['since', 'unrecognised']))
    .addOption(new Option('--since <date>', 'those kept since a day, an instant, or so long ago: 2026-11-20, 36h, 14d'))
    .addOption(
      new Option('--unrecognised', 'those that no earlier version understood; their files stay').conflicts('since'),
    )
    .addHelpText(
      'after',
      helpNote('What is stored already stays as it is.', 'Exit code 1: there are none, or not all could be sent.'),
    )
    .action((given: Given) => run(replay(selectionOf(given))));
};

function selectionOf({ task, since, unrecognised }: Given): Selection {
  if (task !== undefined) return { task };
  if (since !== undefined) return { since: parseSince(since) };
  if (unrecognised) return 'unrecognised';
  throw new CommandError('Say which callbacks: --task <taskId>, --since <date> or --unrecognised.', 2);
}

function replay(selection: Selection): Work {
  return async ({ bucket, send }, { now, progress }) => {
    const shown = progress('Replaying callbacks');
    const files = await keptCallbacks(bucket, selection, now());
    if (files.length === 0 && typeof selection === 'object' && 'task' in selection) {
      throw new CommandError(`No callback of a task ${selection.task} was kept.`);
    }
    const readMessage = createReadMessage(bucket);
    const tooLarge: string[] = [];
    let sent = 0;
    await forEachConcurrent(files, messagesAtOnce, async (file) => {
      const message = await readMessage(file);
      if (message) {
        await send(message);
        sent++;
      } else if (message === null) tooLarge.push(file.key);
      shown.update(sent, files.length);
    });
    shown.end();
    return {
      exitCode: tooLarge.length > 0 ? 1 : 0,
      json: { sent, tooLarge },
      lines: [
        sent === 1 ? '1 callback is on its way again.' : `${sent} callbacks are on their way again.`,
        ...tooLarge.map((key) => `Larger than a message can be, and not sent: ${key}`),
      ],
    };
  };
}
