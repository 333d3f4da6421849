/** Runs `work` after all earlier work under the same name has settled, successfully or not. */
export type Lock = <T>(name: string, work: () => Promise<T>) => Promise<T>;

export function createLock(): Lock {
  const tails = new Map<string, Promise<unknown>>();

  return async (name, work) => {
    const turn = (tails.get(name) ?? Promise.resolve()).then(work);
    const tail = turn.catch(() => undefined);
    tails.set(name, tail);
    try {
      return await turn;
    } finally {
      if (tails.get(name) === tail) tails.delete(name);
    }
  };
}
