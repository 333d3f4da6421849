/** Does the work for each item, `most` of them at a time. The first failure ends it: nothing new is begun. */
export async function atOnce<T>(items: Iterable<T>, most: number, work: (item: T) => Promise<void>): Promise<void> {
  const rest = passOn(items);
  const worker = async () => {
    // A failure leaves the loop, which closes what all workers share.
    for (const item of rest) await work(item);
  };
  await Promise.all(Array.from({ length: most }, worker));
}

function* passOn<T>(items: Iterable<T>): Generator<T> {
  yield* items;
}
