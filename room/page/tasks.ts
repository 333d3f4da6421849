// The task that is open, what needs attention, and retrying: fetched, and fetched anew when something has changed.
import { readAttention, readTask, reasonOf, retryTask } from './api.ts';
import { coalesce } from './coalesce.ts';
import type { Room } from './room.ts';
import { say } from './say.ts';
import type { Store } from './store.ts';

export type Tasks = {
  open(taskId: string): void;
  refreshOpen(): void;
  refreshAttention(): void;
  retry(taskId: string): Promise<void>;
};

export function createTasks(store: Store<Room>, pause: () => Promise<void>): Tasks {
  async function readOpen(): Promise<void> {
    const taskId = store.get().open?.taskId;
    if (taskId === undefined) return;
    const isStillOpen = () => store.get().open?.taskId === taskId;
    try {
      const detail = await readTask(taskId);
      if (isStillOpen()) store.set({ open: { taskId, detail, problem: null } });
    } catch (error) {
      const detail = store.get().open?.detail ?? null;
      if (isStillOpen()) store.set({ open: { taskId, detail, problem: reasonOf(error) } });
    }
  }

  async function readNeeding(): Promise<void> {
    try {
      store.set({ attention: await readAttention() });
    } catch (error) {
      say(`What needs attention could not be read: ${reasonOf(error)}`);
    }
  }

  const refreshOpen = coalesce(readOpen, pause);

  return {
    open(taskId) {
      store.set({ open: { taskId, detail: null, problem: null } });
      void readOpen();
    },
    refreshOpen,
    refreshAttention: coalesce(readNeeding, pause),
    async retry(taskId) {
      const note = (isUnderWay: boolean, words: string) =>
        store.set({ retries: new Map(store.get().retries).set(taskId, { isUnderWay, words }) });
      if (store.get().retries.get(taskId)?.isUnderWay) return;
      note(true, '');
      try {
        const { sent, steps } = await retryTask(taskId);
        note(false, sent ? `Sent. What follows: ${steps.join('; ')}.` : 'Nothing is left to try.');
      } catch (error) {
        note(false, `That did not work: ${reasonOf(error)}`);
      }
      say(store.get().retries.get(taskId)?.words ?? '');
    },
  };
}
