/** Like Promise.all, but leaves nothing running behind when one fails. */
export async function allToTheEnd<T>(running: readonly (Promise<T> | T)[]): Promise<T[]> {
  await Promise.allSettled(running);
  return await Promise.all(running);
}
