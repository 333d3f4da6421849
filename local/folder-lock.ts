// Prevents two instances from using one data folder, by a file with the process id of its owner. A file left behind
// by a crash names a process that is gone, and is replaced.

import { readFile, rm, writeFile } from 'node:fs/promises';

/** @returns a function that releases the folder */
export async function lockFolder(file: string): Promise<() => Promise<void>> {
  try {
    await writeFile(file, String(process.pid), { flag: 'wx' });
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error;
    const holder = Number(await readFile(file, 'utf8'));
    if (isAlive(holder)) {
      throw new Error(
        `The data folder is in use by process ${holder}. Stop that one, or choose another folder with --data. ` +
          `If process ${holder} is no Trackkeeper, delete ${file}.`,
      );
    }
    await rm(file, { force: true });
    return lockFolder(file);
  }
  return () => rm(file, { force: true });
}

function isAlive(pid: number): boolean {
  // Our own process id in a file that we did not write: in a container every start may get the same one.
  if (!Number.isInteger(pid) || pid <= 0 || pid === process.pid) return false;
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // EPERM: the process exists and belongs to another user.
    return !hasCode(error, 'ESRCH');
  }
}

const hasCode = (error: unknown, code: string): boolean =>
  error instanceof Error && 'code' in error && error.code === code;
