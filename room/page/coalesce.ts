/** Work that is asked for again while it is under way is done once more afterwards, after a pause: never twice at a time. */
export function coalesce(work: () => Promise<void>, pause: () => Promise<void>): () => void {
  let isUnderWay = false;
  let isWanted = false;

  async function run(): Promise<void> {
    isUnderWay = true;
    while (isWanted) {
      isWanted = false;
      await work();
      await pause();
    }
    isUnderWay = false;
  }

  return () => {
    isWanted = true;
    if (!isUnderWay) void run();
  };
}
