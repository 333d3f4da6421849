/**
 * Counts how many callbacks of a task the functions have finished, from their log. Each invocation logs
 * `callback.kept`, and `task` when nothing is left to do. An invocation that finds the task claimed by another one
 * logs only the first and leaves the rest to that one, whose `task` line comes later: so a `task` line covers every
 * callback stored before it.
 */
export function countDealtWith() {
  const kept = new Map<string, number>();
  const dealtWith = new Map<string, number>();
  return {
    note: ({ event, taskId }: Record<string, unknown>): void => {
      if (typeof taskId !== 'string') return;
      const count = kept.get(taskId) ?? 0;
      if (event === 'callback.kept') kept.set(taskId, count + 1);
      if (event === 'task') dealtWith.set(taskId, count);
    },
    of: (taskId: string): number => dealtWith.get(taskId) ?? 0,
  };
}
