/**
 * Runs the work at most once at a time. Calls made while it runs cause one more run afterwards, after a pause.
 */
export function coalesce(work: () => Promise<void>, pause: () => Promise<void>): () => void {
  let isRunning = false;
  let isRequested = false;

  async function run(): Promise<void> {
    isRunning = true;
    while (isRequested) {
      isRequested = false;
      await work();
      await pause();
    }
    isRunning = false;
  }

  return () => {
    isRequested = true;
    if (!isRunning) void run();
  };
}
