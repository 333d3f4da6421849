// The state together with its journal and a notification for receivers that wait for a change.

import { EventEmitter, once } from 'node:events';
import { openJournal, readJournal } from './journal.ts';
import { type Change, changesTo, createState, type Queues } from './state.ts';

export type Store = {
  readonly queues: Queues;
  /** Applies all of the changes, or none if the journal cannot store them. */
  commit(changes: readonly Change[]): void;
  /** Resolves at the next change, after `ms`, or when the signal aborts: whichever is first. */
  waitForChange(ms: number, signal: AbortSignal): Promise<void>;
  close(): void;
};

export function openStore(file: string): Store {
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
