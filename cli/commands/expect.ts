import { readFile, stat } from 'node:fs/promises';
import { type Command, Option } from 'commander';
import { CommandError } from '../../client/command-error.ts';
import type { ExpectedTask } from '../../functions/domain/expected.ts';
import { boundedLabels, type Labels, labelLimits } from '../../functions/domain/labels.ts';
import { limits } from '../../functions/domain/limits.ts';
import { encodeMessage } from '../../functions/domain/message.ts';
import { type AddCommand, type CommandWork, helpNote } from '../command.ts';
import { readListedTask, readTaskList } from '../read-task-list.ts';

export const addExpect: AddCommand = (program, run) => {
  program
    .command('expect')
    .description('Announces tasks: they are tracked from now on, even if no callback arrives.')
    .argument('[provider]', 'sunoapi.org or kie.ai')
    .argument('[kind]', 'music, video, wav, stems, cover, lyrics, midi, voice, recovery; or unknown')
    .argument('[taskId]', 'the id that the provider gave the task')
    .addOption(
      new Option('--csv <file>', 'tasks from a file instead; its first line names the columns provider, kind, taskId'),
    )
    .addOption(
      new Option(
        '--label <name=value>',
        'a label for all of them, as in the query of a callBackUrl; may be repeated',
      ).argParser((label: string, others: string[] = []) => [...others, label]),
    )
    .addHelpText(
      'after',
      helpNote('To announce a task again changes nothing. If one line of the file is wrong, nothing is sent.'),
    )
    .action(
      async (
        provider: string | undefined,
        kind: string | undefined,
        taskId: string | undefined,
        _,
        command: Command,
      ) => {
        const { csv, label = [] } = command.opts<{ csv?: string; label?: string[] }>();
        const labels = parseLabels(label);
        await run(expectTasks(await tasksIn([provider, kind, taskId], csv), labels));
      },
    );
};

/**
 * Parses labels such as `project=demo`; everything after the first `=` is the value. Labels that are too long are
 * rejected here, not cut as in a callback's URL.
 * @throws CommandError
 */
function parseLabels(given: readonly string[]): Labels {
  const pairs = given.map((text) => {
    const [, name = '', value = ''] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
    if (name === '') throw new CommandError(`--label ${text} has no name: give it as --label project=demo.`, 2);
    return [name, value] as const;
  });
  const wanted = new Map(pairs);
  const labels = boundedLabels(wanted);
  if ([...wanted].every(([name, value]) => labels[name] === value)) return labels;
  const { count, length } = labelLimits;
  throw new CommandError(
    `At most ${count} labels are stored, with names and values of at most ${length} characters.`,
    2,
  );
}

function expectTasks(tasks: readonly ExpectedTask[], labels: Labels): CommandWork {
  return async ({ send }, { now, progress }) => {
    const shown = progress('Announcing tasks');
    const messages = announcements(tasks, { labels, now: now() });
    let announced = 0;
    for (const { message, tasks: count } of messages) {
      await send(message);
      announced += count;
      shown.update(announced, tasks.length);
    }
    shown.end();
    const words = tasks.length === 1 ? '1 task is announced' : `${tasks.length} tasks are announced`;
    const rest = tasks.length === 0 ? '.' : ', and will show in `trackkeeper status` in a moment.';
    return { exitCode: 0, json: { announced }, lines: [words + rest] };
  };
}

type Said = { labels: Labels; now: Date };

/** One message is one invocation of the archiver, which has minutes for its tasks. */
const mostTasks = 1_000;

/** As few messages as possible, in order, all with the same labels. */
function announcements(tasks: readonly ExpectedTask[], said: Said): { message: string; tasks: number }[] {
  const { length } = tasks;
  const inTwo = (at: number) => [...announcements(tasks.slice(0, at), said), ...announcements(tasks.slice(at), said)];
  if (length === 0) return [];
  if (length > mostTasks) return inTwo(mostTasks);
  const { labels, now } = said;
  const message = encodeMessage({ type: 'expected', receivedAt: now.toISOString(), labels, tasks: [...tasks] });
  const isTooLarge = length > 1 && Buffer.byteLength(message) > limits.messageBytes;
  return isTooLarge ? inTwo(Math.ceil(length / 2)) : [{ message, tasks: length }];
}

async function tasksIn([provider, kind, taskId]: (string | undefined)[], csv: string | undefined) {
  if (csv !== undefined) {
    if (provider === undefined) return await tasksOfFile(csv);
    throw new CommandError('Either one task, or --csv with a file: not both.', 2);
  }
  if (provider === undefined || kind === undefined || taskId === undefined) {
    throw new CommandError('Say which task: expect <provider> <kind> <taskId>, or --csv <file>.', 2);
  }
  const read = readListedTask({ provider, kind, taskId });
  if ('problem' in read) throw new CommandError(`The ${read.problem}.`, 2);
  return [read.task];
}

async function tasksOfFile(file: string): Promise<ExpectedTask[]> {
  const list = readTaskList(await textOf(file));
  if ('problems' in list) {
    throw new CommandError([`Nothing was announced. In ${file}:`, ...list.problems].join('\n'), 2);
  }
  return list.tasks;
}

/** A quarter of a million tasks. */
const maxCsvBytes = 32 * 1024 ** 2;

async function textOf(file: string): Promise<string> {
  const bytes = await stat(file).then(
    ({ size }) => size,
    () => undefined,
  );
  if (bytes === undefined) throw new CommandError(`There is no file ${file}.`, 2);
  if (bytes > maxCsvBytes) throw new CommandError(`${file} is over ${maxCsvBytes} bytes: split it.`, 2);
  return await readFile(file, 'utf8').catch((error: Error) => {
    throw new CommandError(`${file} cannot be read: ${error.message}`, 2);
  });
}
