/**
 * How many callbacks of a task the functions have dealt with, by their own log. Each invocation says `callback.kept`,
 * and `task` when it has done all there was to do. One that finds another at work on the task says only the first, and
 * leaves the rest to that other, whose `task` comes later: so a `task` deals with all that was kept before it.
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
