import { Option } from 'commander';
import { CommandError } from '../../client/command-error.ts';
import { maxRecordBytes, parseRecord } from '../../client/read-records.ts';
import type { BucketReader, ListedFile, ReadFile } from '../../client/target.ts';
import { forEachConcurrent } from '../../functions/domain/concurrency.ts';
import { limits } from '../../functions/domain/limits.ts';
import { encodeCallback } from '../../functions/domain/message.ts';
import { keySafeTaskId } from '../../functions/domain/object-key.ts';
import { type AddCommand, type CommandWork, helpNote, parseSince, type StartOfPeriod } from '../command.ts';

type Given = { task?: string; since?: string; unrecognised?: true };

export const addReplay: AddCommand = (program, run) => {
  program
    .command('replay')
    .description('Processes stored callbacks again.')
    .addOption(
      new Option('--task <taskId>', 'those of one task, by its complete id').conflicts(['since', 'unrecognised']),
    )
    .addOption(new Option('--since <date>', 'those stored since a day, an instant or an age: 2026-11-20, 36h, 14d'))
    .addOption(
      new Option('--unrecognised', 'those that were stored as unrecognised; their files stay').conflicts('since'),
    )
    .addHelpText(
      'after',
      helpNote('Stored files stay as they are.', 'Exit code 1: there are none, or not all could be sent.'),
    )
    .action((given: Given) => run(replay(selectionOf(given))));
};

// Selects stored callbacks and turns each into a new message.

type Selection = { task: string } | { since: StartOfPeriod } | 'unrecognised';

const messagesAtOnce = 8;

function replay(selection: Selection): CommandWork {
  return async ({ bucket, send }, { now, progress }) => {
    const shown = progress('Replaying callbacks');
    const files = await keptCallbacks(bucket, selection, now());
    if (files.length === 0 && typeof selection === 'object' && 'task' in selection) {
      throw new CommandError(`No callback of a task ${selection.task} is stored.`);
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

async function keptCallbacks(bucket: BucketReader, selection: Selection, now: Date): Promise<ListedFile[]> {
  const since = typeof selection === 'object' && 'since' in selection ? selection.since(now) : new Date(0);
  const files: ListedFile[] = [];
  for await (const file of bucket.list(folderOf(selection))) {
    if (file.modified >= since) files.push(file);
  }
  return files;
}

function folderOf(selection: Selection): string {
  if (selection === 'unrecognised') return 'callbacks/unrecognised/';
  return 'task' in selection ? `callbacks/${keySafeTaskId(selection.task)}/` : 'callbacks/';
}

/** Undefined if the callback is gone; null if it is larger than a message can be, so it was not received as it is. */
type ReadMessage = (file: ListedFile) => Promise<string | null | undefined>;

type Labels = Record<string, string>;

function createReadMessage(bucket: BucketReader): ReadMessage {
  const known = new Map<string, Promise<Labels>>();

  /** Older callbacks were stored without their labels: the task's record has the only known ones. */
  function recordLabels(key: string): Promise<Labels> {
    const [, segment = ''] = key.split('/');
    const reading = known.get(segment) ?? labelsOfRecord(bucket, `tasks/${segment}.json`);
    known.set(segment, reading);
    return reading;
  }

  return async ({ key, bytes }) => {
    if (bytes > limits.callbackBytes) return null;
    const kept = await bucket.read(key, limits.callbackBytes);
    if (kept === undefined) return undefined;
    const { labels } = kept.metadata;
    return encodeCallback({
      receivedAt: receivedAt(kept),
      labels: labels === undefined ? await recordLabels(key) : Object.fromEntries(new URLSearchParams(labels)),
      body: kept.body,
    });
  };
}

async function labelsOfRecord(bucket: BucketReader, key: string): Promise<Labels> {
  const found = await bucket.read(key, maxRecordBytes);
  return (found && parseRecord(found.body.toString())?.labels) ?? {};
}

function receivedAt({ metadata, modified }: ReadFile): string {
  const time = Date.parse(metadata.receivedat ?? '');
  return new Date(Number.isNaN(time) ? modified : time).toISOString();
}

function selectionOf({ task, since, unrecognised }: Given): Selection {
  if (task !== undefined) return { task };
  if (since !== undefined) return { since: parseSince(since) };
  if (unrecognised) return 'unrecognised';
  throw new CommandError('Say which callbacks: --task <taskId>, --since <date> or --unrecognised.', 2);
}
