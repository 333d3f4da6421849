import { allToTheEnd } from './all-to-the-end.ts';

/** Works on each, so many at a time. What fails ends its own lane; the others go on to the end before it is thrown. */
export async function inLanes<T>(items: readonly T[], lanes: number, work: (item: T) => Promise<void>): Promise<void> {
  const left = items.values();
  const lane = async () => {
    for (const item of left) await work(item);
  };
  await allToTheEnd(Array.from({ length: lanes }, lane));
}
