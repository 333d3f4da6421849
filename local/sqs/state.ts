// The state of the SQS server. It changes only by a `Change`; the journal stores the changes, so replaying them after
// a restart gives the same state.

import { EventEmitter, once } from 'node:events';
import {
  appendFileSync,
  closeSync,
  existsSync,
  fstatSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import type { MessageAttributes } from './message-attributes.ts';

type QueueSettings = {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly createdAt: number;
  readonly modifiedAt: number;
};

/** Messages are immutable: a change replaces a message by its next version. Times are in milliseconds. */
export type SqsMessage = {
  readonly id: string;
  readonly body: string;
  /** The tenant of a fair queue; a message without one is a tenant of its own. */
  readonly group?: string;
  readonly attributes: MessageAttributes;
  readonly sentAt: number;
  /** Hidden until then, because it is delayed or was received. */
  readonly visibleAt: number;
  readonly receiveCount: number;
  readonly firstReceivedAt?: number;
  readonly lastReceivedAt?: number;
  /** The handle of the last receive; earlier handles are invalid. */
  readonly receiptHandle?: string;
  /** Set in a dead-letter queue: the ARN of the queue from which the message was moved. */
  readonly sourceArn?: string;
};

export type LocalSqsQueue = {
  readonly settings: QueueSettings;
  /** Oldest first. */
  readonly messages: ReadonlyMap<string, SqsMessage>;
};

export type LocalSqsQueues = ReadonlyMap<string, LocalSqsQueue>;

export type SqsChange =
  | { readonly kind: 'queue'; readonly settings: QueueSettings }
  | { readonly kind: 'message'; readonly queue: string; readonly message: SqsMessage }
  | { readonly kind: 'removed'; readonly queue: string; readonly id: string };

type SqsState = {
  readonly queues: LocalSqsQueues;
  apply(change: SqsChange): void;
};

type MutableQueue = { settings: QueueSettings; messages: Map<string, SqsMessage> };

function createState(): SqsState {
  const queues = new Map<string, MutableQueue>();

  return {
    queues,
    apply(change) {
      if (change.kind === 'queue') {
        const { settings } = change;
        const messages = queues.get(settings.name)?.messages ?? new Map();
        queues.set(settings.name, { settings, messages });
        return;
      }
      const messages = queues.get(change.queue)?.messages;
      if (change.kind === 'message') messages?.set(change.message.id, change.message);
      else messages?.delete(change.id);
    },
  };
}

/** The shortest list of changes that leads to this state. */
function changesTo(queues: LocalSqsQueues): SqsChange[] {
  return [...queues.values()].flatMap(({ settings, messages }): SqsChange[] => [
    { kind: 'queue', settings },
    ...[...messages.values()].map((message): SqsChange => ({ kind: 'message', queue: settings.name, message })),
  ]);
}

// The journal preserves the server's state over a restart: one line of JSON per request that changed something, with
// all its changes, so that a request is either complete or absent. Not guaranteed: when a request is answered, its
// line has been handed to the operating system but maybe not written to the disk yet, so it survives the end of the
// process, not a power failure.

type Journal = {
  append(changes: readonly SqsChange[]): void;
  close(): void;
};

/**
 * Returns the changes of all requests so far. A last line without its end was being written when the process ended:
 * its request was never answered, so it is skipped.
 */
export function readJournal(file: string): SqsChange[] {
  if (!existsSync(file)) return [];
  // Deliberately not node:readline, which also ends a line at U+2028; a lyric may hold one, and JSON leaves it as it
  // is.
  const lines = readFileSync(file, 'utf8').split('\n').slice(0, -1);
  return lines.flatMap((line, index) => parseLine(line, `${file}:${index + 1}`));
}

function parseLine(line: string, place: string): SqsChange[] {
  try {
    return JSON.parse(line);
  } catch (cause) {
    throw new Error(`${place} is not a line of JSON. Remove that line, or the file to start with empty queues.`, {
      cause,
    });
  }
}

/** Replaces the journal by one that starts with these changes, and opens it for more. */
function openJournal(file: string, start: readonly SqsChange[]): Journal {
  mkdirSync(dirname(file), { recursive: true });
  // Written to a second file and renamed: a crash in between leaves one complete journal.
  const next = `${file}.next`;
  writeFileSync(next, start.map((change) => toLine([change])).join(''), { flush: true });
  renameSync(next, file);
  const descriptor = openSync(file, 'a');

  return {
    append(changes) {
      const { size } = fstatSync(descriptor);
      try {
        appendFileSync(descriptor, toLine(changes));
      } catch (error) {
        // A full disk can leave half a line, to which the next one would be appended.
        ftruncateSync(descriptor, size);
        throw error;
      }
    },
    close: () => closeSync(descriptor),
  };
}

const toLine = (changes: readonly SqsChange[]) => `${JSON.stringify(changes)}\n`;

// The state together with its journal and a notification for receivers that wait for a change.

export type SqsStore = {
  readonly queues: LocalSqsQueues;
  /** Applies all of the changes, or none if the journal cannot store them. */
  commit(changes: readonly SqsChange[]): void;
  /** Resolves at the next change, after `ms`, or when the signal aborts: whichever is first. */
  waitForChange(ms: number, signal: AbortSignal): Promise<void>;
  close(): void;
};

export function openSqsStore(file: string): SqsStore {
  const { queues, apply } = createState();
  for (const change of readJournal(file)) apply(change);
  const journal = openJournal(file, changesTo(queues));
  // Each waiting receiver is one listener.
  const changed = new EventEmitter().setMaxListeners(0);

  return {
    queues,
    commit(changes) {
      if (changes.length === 0) return;
      journal.append(changes);
      for (const change of changes) apply(change);
      changed.emit('changed');
    },
    async waitForChange(ms, signal) {
      const over = AbortSignal.any([signal, AbortSignal.timeout(Math.ceil(ms))]);
      try {
        await once(changed, 'changed', { signal: over });
      } catch (error) {
        if (!over.aborted) throw error;
      }
    },
    close: journal.close,
  };
}
